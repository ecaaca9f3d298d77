package dev.assay.storage.migrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.storage.json.Json;
import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the cells of a table's column are, all of which come as texts. */
enum CellKind {
  /** Whole numbers of any size, some of them perhaps with {@code .0} behind. */
  WHOLE {
    @Override
    JsonNode parse(String cell) {
      String digits = cell.endsWith(POINT_ZERO) ? cell.substring(0, cell.length() - 2) : cell;
      return digits.length() < SURELY_LONG
          ? NODES.numberNode(Long.parseLong(digits))
          : NODES.numberNode(new BigInteger(digits));
    }
  },
  /** Numbers of which at least one is real; all of them are real then. */
  REAL {
    @Override
    @Nullable JsonNode parse(String cell) {
      Double number = number(cell);
      return number == null ? null : NODES.numberNode(number);
    }
  },
  /** Numbers of which at least one has a decimal comma. */
  COMMA {
    @Override
    @Nullable JsonNode parse(String cell) {
      return REAL.parse(shown(cell));
    }

    @Override
    String shown(String cell) {
      return cell.replace(',', '.');
    }
  },
  TRUTH {
    @Override
    JsonNode parse(String cell) {
      return NODES.booleanNode(cell.equalsIgnoreCase("true"));
    }
  },
  TEXT {
    @Override
    JsonNode parse(String cell) {
      return NODES.textNode(cell);
    }
  },
  /** Lists and structures, in JSON; one that is none is a text. */
  NESTED {
    @Override
    JsonNode parse(String cell) {
      try {
        return Json.parse(cell);
      } catch (JsonProcessingException e) {
        return NODES.textNode(cell);
      }
    }

    @Override
    String shown(String cell) {
      JsonNode value = cell.startsWith("\"") ? parse(cell) : null;
      return value == null || value.textValue() == null ? cell : value.textValue();
    }
  };

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int SURELY_LONG = 18;
  private static final String POINT_ZERO = ".0";

  /** A text of digits behind a zero is a name, not a number. */
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)");

  private static final Pattern POINT_ZERO_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)\\.0");

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

  private static final Pattern COMMA_NUMBER =
      Pattern.compile("[+-]?[0-9]+,[0-9]+([eE][+-]?[0-9]+)?");

  private static final Pattern LEADING_ZERO = Pattern.compile("[+-]?0[0-9].*");

  /** What stands for nothing among numbers and truth values; among texts it is a text. */
  private static final Set<String> MISSING =
      Set.of("NA", "N/A", "<NA>", "null", "NULL", "None", "-");

  /** The value of a cell that is not empty. */
  abstract @Nullable JsonNode parse(String cell);

  /**
   * A cell as a number, time or word is read of it: with a decimal point, without JSON's quotes.
   */
  String shown(String cell) {
    return cell;
  }

  /** The value of a cell; null where it has none. */
  @Nullable JsonNode read(@Nullable String cell) {
    if (cell == null || (MISSING.contains(cell) && this != TEXT && this != NESTED)) {
      return null;
    }
    return parse(cell);
  }

  /** The number that a cell shows, NaN and infinities included; null where it shows none. */
  static @Nullable Double number(@Nullable String cell) {
    if (cell == null || cell.length() > Json.MAX_NUMBER_LENGTH) {
      return null;
    }
    return NUMBER.matcher(cell).matches() ? Double.valueOf(cell) : notFinite(cell);
  }

  private static @Nullable Double notFinite(String cell) {
    boolean word = !cell.isEmpty() && "nNiI+-".indexOf(cell.charAt(0)) >= 0;
    return word && !cell.endsWith("_") ? PythonFloatText.parse(cell) : null;
  }

  /**
   * Collects the cells of a column, and tells the narrowest kind for them. Where a cell is empty,
   * pandas writes the whole numbers in the others as {@code 6.0}: they are whole numbers here.
   */
  static final class Survey {
    private boolean missing;
    private boolean whole;
    private boolean pointZero;
    private boolean real;
    private boolean point;
    private boolean comma;
    private boolean truth;
    private boolean text;

    void add(@Nullable String cell) {
      if (text || cell == null || MISSING.contains(cell)) {
        missing = true;
        return;
      }
      if (cell.length() <= Json.MAX_NUMBER_LENGTH && WHOLE_NUMBER.matcher(cell).matches()) {
        whole = true;
      } else if (cell.length() <= SURELY_LONG && POINT_ZERO_NUMBER.matcher(cell).matches()) {
        pointZero = true;
      } else if (number(cell) != null && !LEADING_ZERO.matcher(cell).matches()) {
        real = true;
        point |= cell.indexOf('.') >= 0;
      } else if (cell.length() <= SURELY_LONG && COMMA_NUMBER.matcher(cell).matches()) {
        comma = true;
      } else if (cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false")) {
        truth = true;
      } else {
        text = true;
      }
    }

    CellKind kind() {
      boolean number = whole || pointZero || real || comma;
      if (text || truth == number || (comma && (pointZero || point))) {
        return TEXT;
      }
      if (comma) {
        return COMMA;
      }
      return truth ? TRUTH : real || (pointZero && !isWholeInPandas()) ? REAL : WHOLE;
    }

    /** Whether the column is one of whole numbers because pandas is assumed to have written it. */
    boolean isWholeInPandas() {
      return pointZero && missing && !whole && !real && !comma && !truth && !text;
    }

    /** Whether these are numbers with decimal points. */
    boolean hasPoints() {
      return (point || pointZero) && hasNumbersAlone();
    }

    /** Whether there are cells, and each is a number. */
    boolean hasNumbersAlone() {
      CellKind kind = kind();
      return kind == WHOLE || kind == REAL || kind == COMMA;
    }
  }
}
