package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A new journal file: a line for each study and each of its attributes, and one for each trial.
 * Times have the offset of UTC.
 */
final class JournalOutput implements OptunaOutput {
  private static final int CREATE_STUDY = 0;
  private static final int SET_STUDY_USER_ATTR = 2;
  private static final int SET_STUDY_SYSTEM_ATTR = 3;
  private static final int CREATE_TRIAL = 4;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final OutputStream out;
  private long studyId = -1;

  JournalOutput(Path file) throws IOException {
    out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
  }

  private void write(int operation, ObjectNode fields) throws IOException {
    ObjectNode line = Json.object().put("op_code", operation).put("worker_id", "assay");
    line.setAll(fields);
    CanonicalJson.compactTo(out, line);
    out.write('\n');
  }

  @Override
  public void begin(StudyRecord study) throws IOException {
    studyId++;
    ObjectNode fields = Json.object().put("study_name", study.name());
    ArrayNode directions = fields.putArray("directions");
    study.directions().forEach(each -> directions.add(each == Direction.MINIMIZE ? 1 : 2));
    write(CREATE_STUDY, fields);
    writeAttributes(SET_STUDY_USER_ATTR, "user_attr", study.userAttrs());
    writeAttributes(SET_STUDY_SYSTEM_ATTR, "system_attr", study.systemAttrs());
  }

  private void writeAttributes(int operation, String name, ObjectNode attributes)
      throws IOException {
    for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
      ObjectNode fields = Json.object().put("study_id", studyId);
      fields.putObject(name).set(attribute.getKey(), attribute.getValue());
      write(operation, fields);
    }
  }

  @Override
  public void add(ExportedTrial trial) throws IOException {
    ObjectNode fields = Json.object().put("study_id", studyId);
    fields.put("datetime_start", text(trial.start()));
    fields.put("state", code(trial.state()));
    boolean single = trial.values().size() == 1;
    fields.put("value", single ? trial.values().get(0) : null);
    if (trial.values().size() > 1) {
      trial.values().forEach(fields.putArray("values")::add);
    } else {
      fields.putNull("values");
    }
    if (trial.complete() != null) {
      fields.put("datetime_complete", text(trial.complete()));
    }
    ObjectNode distributions = fields.putObject("distributions");
    ObjectNode params = fields.putObject("params");
    for (ExportedTrial.Parameter parameter : trial.params()) {
      distributions.put(parameter.name(), CanonicalJson.compact(parameter.distribution()));
      params.put(parameter.name(), parameter.internal());
    }
    fields.set("user_attrs", trial.userAttrs());
    fields.set("system_attrs", trial.systemAttrs());
    ObjectNode steps = fields.putObject("intermediate_values");
    trial.intermediateValues().forEach((step, value) -> steps.put(step.toString(), value));
    write(CREATE_TRIAL, fields);
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

  private static @Nullable String text(@Nullable Instant moment) {
    return moment == null ? null : TIME.format(moment);
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
