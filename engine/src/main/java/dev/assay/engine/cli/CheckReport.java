package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Component;
import dev.assay.engine.StudyFile;
import dev.assay.engine.space.Parameter;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code assay check} prints. */
record CheckReport(StudyCheck check) {
  /** How many values a continuous range counts as in an estimate. */
  private static final int PLACES = 100;

  private static final int SHOWN_CHOICES = 10;

  /** For people. */
  List<String> lines() {
    StudyFile study = check.study();
    List<String> lines = new ArrayList<>();
    lines.add("study      %s, %s".formatted(study.name(), String.join(", ", directions())));
    lines.add("sampler    " + text(study.sampler()));
    lines.add("pruner     " + text(study.pruner()));
    lines.add(
        "run        %s, %d at once, %s"
            .formatted(
                study.maxTrials() == null ? "no limit of trials" : study.maxTrials() + " trials",
                check.workers(),
                study.timeout() == null
                    ? "no timeout"
                    : "timeout %s s".formatted(study.timeout().toSeconds())));
    lines.add("objective  " + objective());
    lines.add("space      " + size());
    int width =
        study.space().parameters().stream().mapToInt(each -> each.path().length()).max().orElse(0);
    for (Parameter parameter : study.space().parameters()) {
      lines.add(
          "  %s  %s  %s"
              .formatted(
                  padded(parameter.path(), width),
                  padded(values(parameter), 11),
                  range(parameter)));
    }
    if (!check.notHonoured().isEmpty()) {
      lines.add("without effect: " + String.join(", ", check.notHonoured()));
    }
    check.warnings().forEach(warning -> lines.add("warning: " + warning.message()));
    return lines;
  }

  private List<String> directions() {
    return check.study().directions().stream()
        .map(direction -> direction == Direction.MAXIMIZE ? "maximize" : "minimize")
        .toList();
  }

  private static String text(@Nullable Component component) {
    if (component == null) {
      return "none";
    }
    String options =
        component.options().properties().stream()
            .map(option -> option.getKey() + " " + CanonicalJson.compact(option.getValue()))
            .collect(Collectors.joining(", "));
    return component.name() + (options.isEmpty() ? "" : ": " + options);
  }

  private String objective() {
    ObjectNode objective = check.study().objective();
    if (objective == null) {
      return "none in the file";
    }
    JsonNode what = objective.has("command") ? objective.get("command") : objective.path("builtin");
    String shown = what.isTextual() ? what.textValue() : CanonicalJson.compact(what);
    return shown + (check.objectiveProblem() == null ? "" : " (cannot be run)");
  }

  private String size() {
    SearchSpace space = check.study().space();
    BigInteger size = space.size();
    String varying = "parameters that vary: %d".formatted(space.parameters().size());
    if (size != null) {
      return "%s combinations, %s".formatted(grouped(size), varying);
    }
    return "infinite, %s: about %s combinations with %d values a continuous range"
        .formatted(varying, Numbers.shown(space.size(PLACES).doubleValue()), PLACES);
  }

  private static String grouped(BigInteger number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String values(Parameter parameter) {
    double count = parameter.count();
    return Double.isInfinite(count) ? "infinite" : Numbers.shown(count);
  }

  private static String range(Parameter parameter) {
    if (parameter.distribution() instanceof CategoricalDistribution choices) {
      int count = choices.choices().size();
      return "one of "
          + choices.choices().stream()
              .limit(SHOWN_CHOICES)
              .map(CanonicalJson::compact)
              .collect(Collectors.joining(", "))
          + (count > SHOWN_CHOICES ? " and %d more".formatted(count - SHOWN_CHOICES) : "");
    }
    boolean whole = parameter.distribution() instanceof IntDistribution;
    boolean plain = parameter.step() == (whole ? 1 : 0);
    String step = plain ? "" : " by " + Numbers.shown(parameter.step());
    return "%s %s to %s%s%s"
        .formatted(
            whole ? "int" : "float",
            CanonicalJson.compact(parameter.json(parameter.low())),
            CanonicalJson.compact(parameter.json(parameter.high())),
            step,
            parameter.isLog() ? ", log" : "");
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  /** For programs. */
  String json() {
    StudyFile study = check.study();
    ObjectNode node = Json.object();
    node.put("study", study.name());
    node.put("file", study.file().toString());
    ArrayNode directions = node.putArray("directions");
    directions().forEach(directions::add);
    node.set("sampler", json(study.sampler()));
    node.set("pruner", json(study.pruner()));
    node.put("trials", study.maxTrials());
    node.put("workers", check.workers());
    node.put("timeout_seconds", study.timeout() == null ? null : study.timeout().toSeconds());
    ObjectNode objective = node.putObject("objective");
    objective.put("runnable", check.objectiveProblem() == null);
    objective.put("problem", check.objectiveProblem());
    node.set("space", space(study.space()));
    ArrayNode warnings = node.putArray("warnings");
    check
        .warnings()
        .forEach(
            each -> warnings.addObject().put("code", each.code()).put("message", each.message()));
    ArrayNode notHonoured = node.putArray("not_honoured");
    check.notHonoured().forEach(notHonoured::add);
    return CanonicalJson.compact(node);
  }

  private static JsonNode json(@Nullable Component component) {
    if (component == null) {
      return Json.object().nullNode();
    }
    ObjectNode node = Json.object();
    node.put("name", component.name());
    node.set("options", component.options());
    return node;
  }

  private static ObjectNode space(SearchSpace space) {
    ObjectNode node = Json.object();
    node.put("combinations", space.size());
    node.put("combinations_without_continuous", space.size(1));
    node.put("estimate", space.size(PLACES).doubleValue());
    ArrayNode parameters = node.putArray("parameters");
    for (Parameter parameter : space.parameters()) {
      ObjectNode each = parameters.addObject();
      each.put("name", parameter.path());
      each.put("range", range(parameter));
      each.put("values", Double.isInfinite(parameter.count()) ? null : parameter.count());
    }
    return node;
  }
}
