package dev.assay.storage.optuna;

import dev.assay.storage.optuna.OptunaTrial.Attr;
import dev.assay.storage.optuna.OptunaTrial.Param;
import dev.assay.storage.optuna.OptunaTrial.Step;
import dev.assay.storage.optuna.OptunaTrial.Value;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The trials of a study in the order of their ids, one at a time. Memory is bounded by the largest
 * trial. Not safe to share between threads.
 */
final class OptunaTrials implements AutoCloseable {
  private final List<ChildRows<?>> open = new ArrayList<>();
  private final ChildRows<Head> heads;
  private final ChildRows<Value> values;
  private final ChildRows<Param> params;
  private final ChildRows<Attr> userAttrs;
  private final ChildRows<Attr> systemAttrs;
  private final ChildRows<Step> steps;
  private final ChildRows<String> heartbeats;

  /** The row of a trial itself. */
  private record Head(
      @Nullable Long number,
      @Nullable String state,
      @Nullable String start,
      @Nullable String complete) {}

  OptunaTrials(Connection connection, TrialRange range) throws SQLException {
    try {
      heads =
          rows(
              connection,
              range,
              "trials",
              "c.number, c.state, c.datetime_start, c.datetime_complete",
              "c.trial_id",
              (row, column) ->
                  new Head(
                      column.whole(2, "number"),
                      column.requiredText(3, "state"),
                      column.text(4, "datetime_start"),
                      column.text(5, "datetime_complete")));
      values =
          rows(
              connection,
              range,
              "trial_values",
              "c.objective, c.value, c.value_type",
              "c.objective",
              (row, column) -> {
                String where = "values." + row.getString(2);
                Long objective = column.whole(2, where);
                Double value = column.real(3, where);
                String type = column.requiredText(4, where);
                return objective == null || type == null ? null : new Value(objective, value, type);
              });
      params =
          rows(
              connection,
              range,
              "trial_params",
              "c.param_name, c.param_value, c.distribution_json",
              "c.param_id",
              OptunaTrials::param);
      userAttrs = attributes(connection, range, "trial_user_attribute", "user_attrs");
      systemAttrs = attributes(connection, range, "trial_system_attribute", "system_attrs");
      steps =
          rows(
              connection,
              range,
              "trial_intermediate_values",
              "c.step, c.intermediate_value, c.intermediate_value_type",
              "c.step",
              (row, column) -> {
                String where = "intermediate_values." + row.getString(2);
                Long step = column.whole(2, where);
                Double value = column.real(3, where);
                String type = column.requiredText(4, where);
                return step == null || type == null ? null : new Step(step, value, type);
              });
      heartbeats =
          rows(
              connection,
              range,
              "trial_heartbeats",
              "c.heartbeat",
              "c.trial_heartbeat_id",
              (row, column) -> column.text(2, "heartbeat"));
    } catch (SQLException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static @Nullable Param param(ResultSet row, Column column) throws SQLException {
    String name = column.requiredText(2, "params.");
    String where = "params." + name;
    Double internal = column.requiredReal(3, where);
    String distribution = column.requiredText(4, where);
    return name == null || internal == null || distribution == null
        ? null
        : new Param(name, internal, distribution);
  }

  private ChildRows<Attr> attributes(
      Connection connection, TrialRange range, String row, String section) throws SQLException {
    return rows(
        connection,
        range,
        row + "s",
        "c.key, c.value_json",
        "c." + row + "_id",
        (found, column) -> {
          String key = column.requiredText(2, section + ".");
          String json = column.requiredText(3, section + "." + key);
          return key == null || json == null ? null : new Attr(key, json);
        });
  }

  private <T> ChildRows<T> rows(
      Connection connection,
      TrialRange range,
      String table,
      String columns,
      String order,
      ChildRows.Reader<T> reader)
      throws SQLException {
    ChildRows<T> rows = new ChildRows<>(connection, range, table, columns, order, reader);
    open.add(rows);
    return rows;
  }

  /** The next trial; null where there are no more. */
  @Nullable OptunaTrial next() throws SQLException {
    Long id = heads.nextTrial();
    if (id == null) {
      return null;
    }
    Map<String, String> unreadable = new LinkedHashMap<>();
    Head head = heads.of(id, unreadable).get(0);
    List<String> heartbeat = heartbeats.of(id, unreadable);
    return new OptunaTrial(
        id,
        head.number(),
        head.state() == null ? "" : head.state(),
        head.start(),
        head.complete(),
        heartbeat.isEmpty() ? null : heartbeat.get(0),
        values.of(id, unreadable),
        params.of(id, unreadable),
        userAttrs.of(id, unreadable),
        systemAttrs.of(id, unreadable),
        steps.of(id, unreadable),
        unreadable);
  }

  @Override
  public void close() throws SQLException {
    for (ChildRows<?> rows : open) {
      rows.close();
    }
  }
}
