package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes trials of a table's rows. An empty cell is no parameter, value or attribute. What cannot be
 * understood in a cell stays as a user attribute under the column's name, and is counted. Not safe
 * to share between threads.
 */
final class TableTrials {
  private static final int EXAMPLE_LENGTH = 60;

  private final TableRoles roles;
  private final List<CellKind> kinds;
  private final Map<String, Integer> index = new LinkedHashMap<>();
  private final ZoneId zone;
  private final boolean unknownUnit;
  private final EnumMap<TrialState, Long> states = new EnumMap<>(TrialState.class);
  private final Map<String, Oddity> oddities = new LinkedHashMap<>();
  private long rows;
  private long empty;
  private long valueless;

  /** What was odd in some cells of a column. */
  private static final class Oddity {
    private final String example;
    private final String reason;
    private long count;

    Oddity(String cell, String reason) {
      String start = cell.substring(0, Math.min(cell.length(), EXAMPLE_LENGTH));
      this.example = start.replaceAll("\\p{Cntrl}", "?");
      this.reason = reason;
    }
  }

  /**
   * @param zone where times without a zone were written
   */
  TableTrials(TableRoles roles, TableShape shape, List<CellKind> kinds, ZoneId zone) {
    this.roles = roles;
    this.kinds = kinds;
    this.zone = zone;
    for (int i = 0; i < shape.columns().size(); i++) {
      index.put(shape.columns().get(i), i);
    }
    String duration = roles.duration();
    // How pandas writes a timedelta to Parquet and JSON: the unit is for pandas alone.
    this.unknownUnit =
        shape.kinds() != null
            && "duration".equals(duration)
            && (kind("duration") == CellKind.WHOLE || kind("duration") == CellKind.NESTED);
  }

  private CellKind kind(String column) {
    return kinds.get(position(column));
  }

  private int position(String column) {
    Integer position = index.get(column);
    if (position == null) {
      throw new IllegalStateException("no column " + column);
    }
    return position;
  }

  /** The trial of a row; null for a row without any cell. */
  @Nullable FrozenTrial trial(@Nullable String[] cells) {
    rows++;
    boolean any = false;
    for (String cell : cells) {
      any |= cell != null;
    }
    if (!any) {
      empty++;
      return null;
    }
    FrozenTrial trial = new Row(cells).trial();
    states.merge(trial.state(), 1L, Long::sum);
    return trial;
  }

  /** How many rows were there, those without any cell included. */
  long rows() {
    return rows;
  }

  long taken() {
    return rows - empty;
  }

  /** How many trials there are in each state. */
  Map<TrialState, Long> states() {
    return states;
  }

  /** What a reader of the report should know about the rows. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    if (empty > 0) {
      findings.add(
          new Finding(
              Finding.Kind.SKIPPED, "", "%d rows have nothing in any cell".formatted(empty)));
    }
    if (valueless > 0) {
      findings.add(
          new Finding(
              Finding.Kind.NOTE,
              "",
              "%s without a value: FAIL here".formatted(Sizes.count(valueless, "trial"))));
    }
    oddities.forEach(
        (column, oddity) ->
            findings.add(
                new Finding(
                    Finding.Kind.SALVAGED,
                    "",
                    "%d cells of '%s' %s, such as '%s'"
                        .formatted(oddity.count, column, oddity.reason, oddity.example))));
    return findings;
  }

  /** One row on its way to a trial. */
  private final class Row {
    private final @Nullable String[] cells;
    private final ObjectNode userAttrs = Json.object();

    Row(@Nullable String[] cells) {
      this.cells = cells;
    }

    FrozenTrial trial() {
      FrozenTrial.Builder trial = FrozenTrial.builder();
      readAttributes(trial);
      readParams(trial);
      trial.metrics(object(roles.metrics()));
      readSteps(trial);
      List<Double> values = values();
      trial.values(values);
      readState(trial, values);
      trial.start(read(roles.start(), "are no times", this::instant));
      trial.complete(read(roles.end(), "are no times", this::instant));
      readDuration(trial);
      return trial.userAttrs(userAttrs).build();
    }

    private void readDuration(FrozenTrial.Builder trial) {
      if (!unknownUnit) {
        trial.durationSeconds(read(roles.duration(), "are no durations", TableTime::seconds));
      } else if (roles.duration() != null && cell(roles.duration()) != null) {
        userAttrs.set(roles.duration(), value(roles.duration()));
      }
    }

    private @Nullable String cell(String column) {
      String cell = cells[position(column)];
      return cell == null ? null : kind(column).shown(cell);
    }

    private @Nullable JsonNode value(String column) {
      return kind(column).read(cells[position(column)]);
    }

    private ObjectNode object(Map<String, String> columns) {
      ObjectNode object = Json.object();
      columns.forEach(
          (name, column) -> {
            JsonNode value = value(column);
            if (value != null) {
              object.set(name, value);
            }
          });
      return object;
    }

    private void readAttributes(FrozenTrial.Builder trial) {
      userAttrs.setAll(object(roles.userAttrs()));
      trial.systemAttrs(object(roles.systemAttrs()));
      JsonNode id = roles.id() == null ? null : value(roles.id());
      if (id != null && (id.isIntegralNumber() || id.isTextual())) {
        trial.legacyTrialId(id);
      } else if (id != null && roles.id() != null) {
        userAttrs.set(roles.id(), id);
      }
    }

    private void readParams(FrozenTrial.Builder trial) {
      ObjectNode params = object(roles.params());
      if (params.isEmpty()) {
        return;
      }
      if (roles.dots() == TableMapping.Dots.LEVELS) {
        params = nested(params);
      }
      trial.params(params);
      trial.trialKey(Signatures.shared().trialKey(params));
      trial.signature(Signatures.shared().parameterSignature(params));
    }

    private void readSteps(FrozenTrial.Builder trial) {
      TreeMap<Long, Double> steps = new TreeMap<>();
      roles
          .intermediate()
          .forEach(
              (step, column) -> {
                Double value = read(column, "are no numbers", CellKind::number);
                if (value != null) {
                  steps.put(step, value);
                }
              });
      trial.intermediateValues(steps);
    }

    /** All of them, or none: those that there are without the others become attributes. */
    private List<Double> values() {
      List<Double> values = new ArrayList<>();
      for (String column : roles.values()) {
        Double value = read(column, "are no numbers", CellKind::number);
        if (value != null) {
          values.add(value);
        }
      }
      if (values.size() == roles.values().size()) {
        return values;
      }
      for (String column : roles.values()) {
        JsonNode there = value(column);
        if (there != null) {
          userAttrs.set(column, there);
        }
      }
      return List.of();
    }

    private void readState(FrozenTrial.Builder trial, List<Double> values) {
      boolean hasValue = !values.isEmpty() && values.stream().noneMatch(v -> v.isNaN());
      TrialState said = read(roles.state(), "are no states", this::state);
      if (said == TrialState.FAIL && roles.state() != null) {
        trial.state(said).error(cell(roles.state()));
      } else if (hasValue || (said != null && said != TrialState.COMPLETE)) {
        trial.state(said == null ? TrialState.COMPLETE : said);
      } else {
        trial.state(TrialState.FAIL).error("no value");
        valueless++;
      }
    }

    private @Nullable TrialState state(String word) {
      TrialState state = StateWord.of(word);
      if (state != null && !state.name().equals(word) && roles.state() != null) {
        userAttrs.put(roles.state(), word);
      }
      return state;
    }

    private @Nullable Instant instant(String text) {
      return TableTime.instant(text, zone);
    }

    /** What a cell of a column says; where it says nothing of the kind, it becomes an attribute. */
    private <T> @Nullable T read(
        @Nullable String column, String otherwise, Function<String, @Nullable T> reading) {
      String cell = column == null ? null : cell(column);
      if (column == null || cell == null) {
        return null;
      }
      T value = reading.apply(cell);
      if (value == null) {
        userAttrs.put(column, cell);
        note(column, cell, otherwise);
      }
      return value;
    }

    private void note(String column, String cell, String reason) {
      oddities.computeIfAbsent(column, key -> new Oddity(cell, reason)).count++;
    }
  }

  private static ObjectNode nested(ObjectNode flat) {
    ObjectNode nested = Json.object();
    flat.properties()
        .forEach(
            param -> {
              String[] path = param.getKey().split("\\.", -1);
              ObjectNode inner = nested;
              for (int i = 0; i < path.length - 1; i++) {
                JsonNode next = inner.get(path[i]);
                inner = next instanceof ObjectNode object ? object : inner.putObject(path[i]);
              }
              inner.set(path[path.length - 1], param.getValue());
            });
    return nested;
  }
}
