package dev.assay.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the stages of a run go by, search and validation. Much of it means something to the
 * legacy system's backtest alone, so that commands get it by name:
 *
 * <ul>
 *   <li>{@code stage}, which is {@value #SEARCH} or {@value #VALIDATION};
 *   <li>{@code symbol}, {@code timeframe}, {@code snapshot_id} and {@code warmup_bars} of {@code
 *       meta};
 *   <li>{@code sample_start} and {@code sample_end} of {@code meta.runs}, or of the validation,
 *       where its {@code use_sample_range} is true.
 * </ul>
 */
final class StageReader {
  private static final String SEARCH = "search";
  private static final String VALIDATION = "validation";
  private static final List<String> OF_META =
      List.of("symbol", "timeframe", "snapshot_id", "warmup_bars");
  private static final Set<String> TRUE = Set.of("1", "true", "yes", "y", "on");

  private final Section top;
  private final Section meta;
  private final Section runs;
  private final List<String> notHonoured;

  /**
   * @param notHonoured gets what has no effect
   */
  StageReader(Section top, Section meta, Section runs, List<String> notHonoured) {
    this.top = top;
    this.meta = meta;
    this.runs = runs;
    this.notHonoured = notHonoured;
  }

  /** What commands get to know while the study is searched; all values are text. */
  ObjectNode settings() {
    return settings(SEARCH, runs);
  }

  private ObjectNode settings(String stage, Section section) {
    ObjectNode settings = Json.object().put("stage", stage);
    for (String name : OF_META) {
      JsonNode value = meta.block().member(name);
      if (value != null && value.isValueNode() && !value.isNull()) {
        settings.put(name, value.isTextual() ? value.textValue() : CanonicalJson.compact(value));
      }
    }
    String start = section.block().textOrNull("sample_start");
    String end = section.block().textOrNull("sample_end");
    if (!isTrue(section.block().member("use_sample_range"))) {
      for (String name : List.of("sample_start", "sample_end")) {
        if (section.block().has(name)) {
          notHonoured.add(section.path(name) + " (use_sample_range is not true)");
        }
      }
      return settings;
    }
    if ((start == null) != (end == null)) {
      throw section
          .block()
          .problem(
              start == null ? "sample_start" : "sample_end",
              "is missing, expected sample_start and sample_end together");
    }
    if (start != null && end != null) {
      if (start.compareTo(end) > 0) {
        throw section.block().unlike("sample_start", "a day up to sample_end, " + end);
      }
      settings.put("sample_start", start).put("sample_end", end);
    }
    return settings;
  }

  /**
   * The validation; null where there is none.
   *
   * @param constraints the study's own
   * @param objectives how many the study has
   */
  @Nullable Validation validation(ObjectNode constraints, int objectives) {
    boolean own = top.block().has(VALIDATION);
    Section outer = own ? top : runs;
    if (own && runs.block().has(VALIDATION)) {
      throw top.block()
          .problem(VALIDATION, "stands beside meta.runs.validation, expected one of the two");
    }
    JsonNode said = outer.block().member(VALIDATION);
    if (said == null || said.isNull() || (said.isBoolean() && !said.booleanValue())) {
      return null;
    }
    Section section = outer.inner(VALIDATION);
    JsonNode enabled = section.block().member("enabled");
    Long topN = section.block().wholeOrNull("top_n");
    if (enabled != null && !isTrue(enabled)) {
      return null;
    }
    if (topN == null || topN < 1 || topN > Integer.MAX_VALUE) {
      notHonoured.add(outer.path(VALIDATION) + " (its top_n is not 1 or more)");
      return null;
    }
    if (objectives > 1) {
      throw outer
          .block()
          .problem(VALIDATION, "ranks trials by one score, the study has " + objectives);
    }
    ObjectNode settings = settings(VALIDATION, section);
    ObjectNode limits = section.block().mappingOrNull("constraints");
    ObjectNode objective = section.block().mappingOrNull("objective");
    if (Boolean.FALSE.equals(section.block().flagOrNull("resume"))) {
      notHonoured.add(section.path("resume") + " (a validation goes on where it was)");
    }
    section.block().unknown().forEach(key -> notHonoured.add(section.path(key)));
    return new Validation(
        outer.path(VALIDATION),
        topN.intValue(),
        settings,
        limits == null ? constraints : limits,
        objective == null ? Json.object() : objective);
  }

  /** Names the settings that stand where nobody reads them. */
  void noteElsewhere(Section optuna) {
    note(meta, "use_sample_range", "sample_start", "sample_end");
    note(runs, "warmup_bars");
    note(optuna, "warmup_bars", "use_sample_range", "sample_start", "sample_end");
  }

  private void note(Section section, String... names) {
    for (String name : names) {
      if (section.block().has(name) && !section.block().value(name).asText().equals("false")) {
        notHonoured.add(section.path(name));
      }
    }
  }

  private static boolean isTrue(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return false;
    }
    return value.isNumber() ? value.doubleValue() != 0 : TRUE.contains(value.asText().strip());
  }
}
