package dev.assay.storage.optuna;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.ParameterDomain;
import dev.assay.storage.json.Json;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parameter in Optuna, as the legacy system looks at it: its name is the dotted path in the
 * nested parameters of a file, a choice that is a list or an object is JSON text behind a mark, and
 * a real value on a grid is rounded to a multiple of the step, wherever the grid begins.
 *
 * @param value in external form
 * @param step null where the value is not on a grid
 */
record LinkedParameter(String name, JsonNode value, @Nullable Double step) {
  /** How far two readings of one number may be apart, in relation to it. */
  private static final double TOLERANCE = 1e-9;

  private static final String ENCODED = "__encoded";
  private static final Pattern CHOICE =
      Pattern.compile("__optuna_complex__\\d+__(.*)", Pattern.DOTALL);

  /**
   * @throws IllegalArgumentException where the value cannot be understood
   */
  static LinkedParameter of(OptunaTrial.Param param) {
    ParameterDomain domain = ParameterDomain.parse(param.distribution());
    JsonNode value = domain.external(param.internal());
    String name = param.name();
    if (name.endsWith(ENCODED) && value.isTextual()) {
      Matcher choice = CHOICE.matcher(value.textValue());
      if (choice.matches()) {
        name = name.substring(0, name.length() - ENCODED.length());
        value = parsed(choice.group(1));
      }
    }
    return new LinkedParameter(name, value, domain.step());
  }

  private static JsonNode parsed(String json) {
    try {
      return Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a choice is no JSON: " + e.getMessage(), e);
    }
  }

  /** The parameter in a file; null where that has none of this name. */
  @Nullable JsonNode in(ObjectNode params) {
    return at(params, name);
  }

  /** A name may hold dots itself. */
  private static @Nullable JsonNode at(ObjectNode node, String path) {
    JsonNode whole = node.get(path);
    for (int dot = path.indexOf('.'); whole == null && dot >= 0; dot = path.indexOf('.', dot + 1)) {
      if (node.get(path.substring(0, dot)) instanceof ObjectNode inner) {
        whole = at(inner, path.substring(dot + 1));
      }
    }
    return whole;
  }

  /** Whether a file with these parameters may be of the trial. */
  boolean agrees(ObjectNode params) {
    JsonNode other = in(params);
    if (other == null) {
      return false;
    }
    if (!value.isNumber() || !other.isNumber()) {
      return value.equals(other);
    }
    double mine = value.doubleValue();
    return isNear(mine, other.doubleValue())
        || (step != null && isNear(Math.rint(mine / step) * step, other.doubleValue()));
  }

  /** Whether the file has exactly this value. */
  boolean isExact(ObjectNode params) {
    JsonNode other = in(params);
    return other != null
        && (value.equals(other)
            || (value.isNumber()
                && other.isNumber()
                && value.doubleValue() == other.doubleValue()));
  }

  private static boolean isNear(double a, double b) {
    return a == b || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
  }
}
