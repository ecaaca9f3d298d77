package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A new journal file: a line for each study and each of its attributes, and one for each trial.
 * Times have the offset of UTC, or none and are those of a zone.
 */
final class JournalOutput implements OptunaOutput {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter LOCAL_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS", Locale.ROOT);

  private final DateTimeFormatter time;
  private final OutputStream out;
  private long studyId = -1;
  private long trials;

  /**
   * @param zone in which times are written, without saying so; null for UTC with its offset
   */
  JournalOutput(Path file, @Nullable ZoneId zone) throws IOException {
    time = zone == null ? TIME : LOCAL_TIME.withZone(zone);
    out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
  }

  private void write(int operation, ObjectNode fields) throws IOException {
    ObjectNode line = Json.object().put("op_code", operation).put("worker_id", "assay");
    line.setAll(fields);
    CanonicalJson.compactTo(out, line);
    out.write('\n');
  }

  @Override
  public DateTimeFormatter time() {
    return time;
  }

  @Override
  public long nextTrialId() {
    return trials;
  }

  @Override
  public void begin(StudyRecord study) throws IOException {
    studyId++;
    ObjectNode fields = Json.object().put("study_name", study.name());
    ArrayNode directions = fields.putArray("directions");
    study.directions().forEach(each -> directions.add(each == Direction.MINIMIZE ? 1 : 2));
    write(JournalCode.CREATE_STUDY, fields);
    writeAttributes(
        JournalCode.SET_STUDY_USER_ATTR, "user_attr", OptunaForm.attributes(study.userAttrs()));
    writeAttributes(
        JournalCode.SET_STUDY_SYSTEM_ATTR,
        "system_attr",
        OptunaForm.systemAttributes(study.systemAttrs()));
  }

  private void writeAttributes(int operation, String name, List<OptunaTrial.Attr> attributes)
      throws IOException {
    for (OptunaTrial.Attr attribute : attributes) {
      ObjectNode fields = Json.object().put("study_id", studyId);
      fields.set(name, object(List.of(attribute)));
      write(operation, fields);
    }
  }

  private static ObjectNode object(List<OptunaTrial.Attr> attributes) throws IOException {
    ObjectNode object = Json.object();
    for (OptunaTrial.Attr attribute : attributes) {
      object.set(attribute.key(), Json.parse(attribute.json()));
    }
    return object;
  }

  @Override
  public void add(OptunaTrial trial) throws IOException {
    ObjectNode fields = Json.object().put("study_id", studyId);
    fields.put("datetime_start", trial.start());
    fields.put("state", code(TrialState.valueOf(trial.state())));
    List<OptunaTrial.Value> values = trial.values();
    boolean single = values.size() == 1;
    fields.put(
        "value", single ? (Double) number(values.get(0).value(), values.get(0).type()) : null);
    if (values.size() > 1) {
      ArrayNode several = fields.putArray("values");
      values.forEach(value -> several.add(number(value.value(), value.type())));
    } else {
      fields.putNull("values");
    }
    if (trial.complete() != null) {
      fields.put("datetime_complete", trial.complete());
    }
    ObjectNode distributions = fields.putObject("distributions");
    ObjectNode params = fields.putObject("params");
    for (OptunaTrial.Param param : trial.params()) {
      distributions.put(param.name(), param.distribution());
      params.put(param.name(), param.internal());
    }
    fields.set("user_attrs", object(trial.userAttrs()));
    fields.set("system_attrs", object(trial.systemAttrs()));
    ObjectNode steps = fields.putObject("intermediate_values");
    trial
        .steps()
        .forEach(step -> steps.put(Long.toString(step.step()), number(step.value(), step.type())));
    write(JournalCode.CREATE_TRIAL, fields);
    trials++;
  }

  private static double number(@Nullable Double finite, String type) {
    if (finite != null) {
      return finite;
    }
    return switch (type) {
      case "INF_POS" -> Double.POSITIVE_INFINITY;
      case "INF_NEG" -> Double.NEGATIVE_INFINITY;
      default -> Double.NaN;
    };
  }

  private static int code(TrialState state) {
    return switch (state) {
      case RUNNING -> 0;
      case COMPLETE -> 1;
      case PRUNED -> 2;
      case FAIL -> 3;
      case WAITING -> 4;
    };
  }

  @Override
  public void finish() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
