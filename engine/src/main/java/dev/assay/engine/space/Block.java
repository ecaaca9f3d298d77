package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a study file while it is read: its members by type, with errors that say what was
 * found and what was expected, and a memory of which members were asked for. A member that is null
 * counts as absent where it may be absent. Not safe to share between threads.
 */
public final class Block {
  private static final int SHOWN_TEXT = 60;
  private static final double MAX_SECONDS = 1e10;
  private static final Pattern SPAN = Pattern.compile("(\\d{1,10}(?:\\.\\d{1,3})?) ?([smhd])");

  private final ObjectNode members;
  private final BiFunction<String, String, ? extends RuntimeException> problem;
  private final Set<String> asked = new LinkedHashSet<>();

  /**
   * A block over {@code members}.
   *
   * @param problem makes the exception for a member's name and what is wrong with it, such as
   *     {@code low} and {@code is missing, expected a number}
   */
  public Block(ObjectNode members, BiFunction<String, String, ? extends RuntimeException> problem) {
    this.members = members;
    this.problem = problem;
  }

  /** The exception that says of {@code name} that it {@code is so, expected something else}. */
  public RuntimeException problem(String name, String is) {
    return problem.apply(name, is);
  }

  /** The member as it is, JSON null included; null where there is none. */
  public @Nullable JsonNode member(String name) {
    asked.add(name);
    return members.get(name);
  }

  /** Whether there is such a member other than null. */
  public boolean has(String name) {
    asked.add(name);
    return members.hasNonNull(name);
  }

  /** The member, JSON null included. */
  public JsonNode value(String name) {
    JsonNode value = member(name);
    if (value == null) {
      throw problem(name, "is missing, expected a value");
    }
    return value;
  }

  /** A list of at least one element. */
  public List<JsonNode> list(String name) {
    JsonNode value = member(name);
    if (value == null || !value.isArray() || value.isEmpty()) {
      throw unlike(name, "a list of at least one");
    }
    List<JsonNode> values = new ArrayList<>(value.size());
    value.forEach(values::add);
    return values;
  }

  /** A mapping; null where it is absent. */
  public @Nullable ObjectNode mappingOrNull(String name) {
    if (!has(name)) {
      return null;
    }
    if (member(name) instanceof ObjectNode mapping) {
      return mapping;
    }
    throw unlike(name, "a mapping");
  }

  /** Text; null where it is absent. */
  public @Nullable String textOrNull(String name) {
    if (!has(name)) {
      return null;
    }
    JsonNode value = value(name);
    if (!value.isTextual()) {
      throw unlike(name, value.isValueNode() ? "text: put it in quotes" : "text");
    }
    return value.textValue();
  }

  /** True or false; null where it is absent. */
  public @Nullable Boolean flagOrNull(String name) {
    if (!has(name)) {
      return null;
    }
    JsonNode value = value(name);
    if (!value.isBoolean()) {
      throw unlike(name, "true or false");
    }
    return value.booleanValue();
  }

  /** A finite number; -0.0, which has a signature of its own, comes as 0.0. */
  public double real(String name) {
    JsonNode value = member(name);
    if (value == null || !value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw unlike(name, "a finite number");
    }
    return value.doubleValue() + 0.0;
  }

  /** A finite number; null where it is absent. */
  public @Nullable Double realOrNull(String name) {
    return has(name) ? (Double) real(name) : null;
  }

  /** A whole number of at most 64 bits, also when written as {@code 3.0}. */
  public long whole(String name) {
    JsonNode value = member(name);
    if (value != null && value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    if (value != null && value.isFloatingPointNumber()) {
      double number = value.doubleValue();
      if (number == Math.rint(number) && number >= -0x1p63 && number < 0x1p63) {
        return (long) number;
      }
    }
    throw unlike(name, "a whole number of at most 64 bits");
  }

  /** As {@link #whole}; null where it is absent. */
  public @Nullable Long wholeOrNull(String name) {
    return has(name) ? (Long) whole(name) : null;
  }

  /** A length of time, as seconds or as text such as {@code 10m}; null where it is absent. */
  public @Nullable Duration spanOrNull(String name) {
    if (!has(name)) {
      return null;
    }
    double seconds = seconds(value(name));
    if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
      throw unlike(name, "seconds above 0, or text such as 30s, 10m, 2h, 1d");
    }
    return Duration.ofMillis((long) Math.ceil(seconds * 1000));
  }

  /** NaN where it is no time. */
  private static double seconds(JsonNode span) {
    if (span.isNumber()) {
      return span.doubleValue();
    }
    Matcher matcher = SPAN.matcher(span.asText());
    if (!span.isTextual() || !matcher.matches()) {
      return Double.NaN;
    }
    int unit =
        switch (matcher.group(2)) {
          case "s" -> 1;
          case "m" -> 60;
          case "h" -> 3600;
          default -> 86_400;
        };
    return Double.parseDouble(matcher.group(1)) * unit;
  }

  /**
   * Members that were not asked for, each with a hint where its name is close to one that was, such
   * as {@code stpe (did you mean step?)}.
   */
  public List<String> unknown() {
    List<String> unknown = new ArrayList<>();
    members
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!asked.contains(name)) {
                unknown.add(name + hint(name));
              }
            });
    return unknown;
  }

  private String hint(String name) {
    for (String known : asked) {
      if (!members.has(known) && distance(name, known) <= (known.length() > 4 ? 2 : 1)) {
        return " (did you mean %s?)".formatted(known);
      }
    }
    return "";
  }

  /** The exception for a member that is not what was expected. */
  public RuntimeException unlike(String name, String expected) {
    return problem(name, "is %s, expected %s".formatted(shown(members.get(name)), expected));
  }

  /** A value as an error shows it. */
  public static String shown(@Nullable JsonNode value) {
    if (value == null) {
      return "missing";
    }
    if (value.isArray()) {
      return "a list of " + value.size();
    }
    if (value.isObject()) {
      return "a mapping";
    }
    if (value.isTextual()) {
      String text = value.textValue();
      boolean fits = text.length() <= SHOWN_TEXT;
      return "text '%s'".formatted(fits ? text : text.substring(0, SHOWN_TEXT) + "…");
    }
    return value.asText();
  }

  /** How many letters to add, drop, change or swap with their neighbour turn one into the other. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
