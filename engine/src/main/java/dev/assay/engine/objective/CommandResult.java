package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.ObjectiveException;
import dev.assay.engine.space.Block;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON object that a command gives as its result.
 *
 * <pre>
 * {"score": 1.5,                      or "value"; "values": [1.5, 2.0] for several objectives
 *  "metrics": {"num_trades": 12},
 *  "constraints": true,               or {"ok": false, "reasons": ["…"]}, or a list of reasons,
 *                                     or values: [0.2, -1], {"values": [0.2, -1]}
 *  "hard_failures": ["…"],
 *  "score_version": "v1"}
 * </pre>
 *
 * All but the score may be left out, or null. A constraint's value holds where it is 0 or less; of
 * several all must, unless {@code ok} says otherwise. In place of the number, {@code score} may be
 * the legacy block of score, metrics, hard failures and score version. An {@code error} that is not
 * null, false or empty makes the trial fail with that text. Other members are kept as extra
 * members: those of the score block with {@code score_} before their names, those of the
 * constraints with {@code constraints_}, and those that the store uses itself with {@code result_}.
 */
final class CommandResult {
  private static final Set<String> RESERVED =
      Set.of(
          "trial_id",
          "number",
          "state",
          "parameters",
          "trial_file",
          "signature",
          "trial_key",
          "error",
          "skipped",
          "reason",
          "from_cache",
          "abort_reason",
          "log",
          "log_path",
          "attempts",
          "duration_seconds",
          "attempt_durations",
          "constraint_reasons",
          "constraints_ok");

  private final ObjectNode metrics = Json.object();
  private final ObjectNode extra = Json.object();
  private final List<String> hardFailures = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private final List<Double> values = new ArrayList<>();
  private final List<Double> constraints = new ArrayList<>();
  private @Nullable Boolean ok;
  private @Nullable String scoreVersion;

  private CommandResult() {}

  /**
   * The evaluation that {@code result} tells of.
   *
   * @param scoreVersion for a result that does not say its own; null for none
   * @throws ObjectiveException when it has no score, a score or constraint that is NaN, an error,
   *     or a member that is not of its kind
   */
  static Evaluation evaluation(ObjectNode result, @Nullable String scoreVersion)
      throws ObjectiveException {
    CommandResult reading = new CommandResult();
    JsonNode error = result.path("error");
    if (isTruthy(error)) {
      throw new ObjectiveException("the command reports the error " + text(error));
    }
    String scored =
        Stream.of("score", "values", "value").filter(result::has).findFirst().orElse("score");
    for (Map.Entry<String, JsonNode> member : result.properties()) {
      switch (member.getKey()) {
        case "score", "values", "value" -> {
          if (!member.getKey().equals(scored)) {
            reading.extra.set("result_" + member.getKey(), member.getValue());
          } else if (scored.equals("values")) {
            reading.values.addAll(numbers(scored, member.getValue(), "a list of numbers"));
          } else {
            reading.score(member.getValue());
          }
        }
        case "constraints" -> reading.constraints(member.getValue());
        default -> reading.common(member.getKey(), member.getValue(), "");
      }
    }
    return reading.evaluation(scoreVersion);
  }

  private Evaluation evaluation(@Nullable String defaultVersion) throws ObjectiveException {
    if (values.isEmpty()) {
      throw new ObjectiveException(
          "the command's result has no score, expected a member such as \"score\": 1.5");
    }
    return new Evaluation(
        values,
        metrics,
        constraints,
        ok,
        reasons,
        hardFailures,
        scoreVersion == null ? defaultVersion : scoreVersion,
        extra);
  }

  private void score(JsonNode score) throws ObjectiveException {
    if (score.isNumber()) {
      single(score);
      return;
    }
    if (!(score instanceof ObjectNode block)) {
      throw new ObjectiveException(
          "the command's score is %s, expected a number".formatted(Block.shown(score)));
    }
    for (Map.Entry<String, JsonNode> member : block.properties()) {
      if (!member.getKey().equals("score")) {
        common(member.getKey(), member.getValue(), "score_");
      } else if (member.getValue().isNumber()) {
        single(member.getValue());
      } else {
        throw new ObjectiveException(
            "the command's score.score is %s, expected a number"
                .formatted(Block.shown(member.getValue())));
      }
    }
  }

  private void single(JsonNode score) throws ObjectiveException {
    if (Double.isNaN(score.doubleValue())) {
      throw new ObjectiveException("the command's score is NaN");
    }
    values.add(score.doubleValue());
  }

  /** A member that may stand beside the score or inside its block. */
  private void common(String name, JsonNode member, String prefix) throws ObjectiveException {
    switch (name) {
      case "metrics" -> {
        if (member instanceof ObjectNode some) {
          metrics.setAll(some);
        } else if (!member.isNull()) {
          throw unlike("metrics", member, "an object");
        }
      }
      case "hard_failures" -> hardFailures.addAll(texts("hard_failures", member));
      case "score_version" -> scoreVersion = member.isNull() ? scoreVersion : text(member);
      default -> {
        boolean reserved = prefix.isEmpty() && RESERVED.contains(name);
        if (!name.equals("error") || !prefix.isEmpty()) {
          extra.set((reserved ? "result_" : prefix) + name, member);
        }
      }
    }
  }

  private void constraints(JsonNode member) throws ObjectiveException {
    if (member.isBoolean()) {
      ok = member.booleanValue();
    } else if (member.isArray() && member.path(0).isNumber()) {
      constraintValues("constraints", member);
    } else if (member.isArray()) {
      reasons.addAll(texts("constraints", member));
    } else if (member instanceof ObjectNode block) {
      for (Map.Entry<String, JsonNode> part : block.properties()) {
        switch (part.getKey()) {
          case "ok" -> {
            if (!part.getValue().isBoolean()) {
              throw unlike("constraints.ok", part.getValue(), "true or false");
            }
            ok = part.getValue().booleanValue();
          }
          case "reasons" -> reasons.addAll(texts("constraints.reasons", part.getValue()));
          case "values" -> constraintValues("constraints.values", part.getValue());
          default -> extra.set("constraints_" + part.getKey(), part.getValue());
        }
      }
    } else if (!member.isNull()) {
      throw unlike(
          "constraints",
          member,
          "true, false, a list of reasons or of numbers, or {ok, reasons, values}");
    }
    if (ok == null && !member.isNull()) {
      ok = reasons.isEmpty() && constraints.stream().allMatch(value -> value <= 0);
    }
  }

  private void constraintValues(String name, JsonNode member) throws ObjectiveException {
    if (!member.isNull()) {
      constraints.addAll(numbers(name, member, "a list of numbers, each of which holds up to 0"));
    }
  }

  private static List<Double> numbers(String name, JsonNode member, String expected)
      throws ObjectiveException {
    if (!member.isArray()) {
      throw unlike(name, member, expected);
    }
    List<Double> numbers = new ArrayList<>();
    for (JsonNode element : member) {
      String place = "%s[%d]".formatted(name, numbers.size());
      if (!element.isNumber()) {
        throw unlike(place, element, "a number");
      }
      if (Double.isNaN(element.doubleValue())) {
        throw new ObjectiveException("the command's result has %s that is NaN".formatted(place));
      }
      numbers.add(element.doubleValue());
    }
    return numbers;
  }

  private static List<String> texts(String name, JsonNode member) throws ObjectiveException {
    if (!member.isArray() && !member.isNull()) {
      throw unlike(name, member, "a list of texts");
    }
    List<String> texts = new ArrayList<>();
    member.forEach(element -> texts.add(text(element)));
    return texts;
  }

  private static ObjectiveException unlike(String name, JsonNode found, String expected) {
    return new ObjectiveException(
        "the command's result has %s that is %s, expected %s"
            .formatted(name, Block.shown(found), expected));
  }

  private static boolean isTruthy(JsonNode node) {
    return switch (node.getNodeType()) {
      case MISSING, NULL -> false;
      case BOOLEAN -> node.booleanValue();
      case STRING -> !node.textValue().isEmpty();
      case NUMBER -> node.doubleValue() != 0;
      default -> !node.isEmpty();
    };
  }

  private static String text(JsonNode node) {
    return node.isTextual() ? node.textValue() : CanonicalJson.compact(node);
  }
}
