package dev.assay.engine.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Signatures, or parameters that have one, as people and programs write them: one JSON value (an
 * object of parameters, or an array of objects and signatures), or a line each. All is read before
 * anything is done with it.
 */
final class SignatureInput {
  private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{64}");
  private static final String EXPECTED =
      "expected a JSON object of parameters or a signature (64 hexadecimal digits)";

  private final String name;
  private final List<String> signatures = new ArrayList<>();

  private SignatureInput(String name) {
    this.name = name;
  }

  /**
   * The signatures of a file, in its order.
   *
   * @param file {@code -} for standard input
   */
  static List<String> read(String file, Console console) {
    TextInput text = TextInput.read(file, console);
    SignatureInput input = new SignatureInput(text.name());
    if (!input.isOneValue(text.text())) {
      input.lines(text.text());
    }
    return input.signatures;
  }

  /**
   * An array, or an object of several lines; where the first line is whole, the rest may be, too.
   */
  private boolean isOneValue(String text) {
    String start = text.stripLeading();
    boolean several =
        start.startsWith("[")
            || (start.startsWith("{") && !isJson(start.lines().findFirst().orElse("")));
    if (!several) {
      return false;
    }
    JsonNode node = parse(text, name);
    if (node instanceof ArrayNode array) {
      int index = 0;
      for (JsonNode item : array) {
        add(item, "%s item %d".formatted(name, ++index));
      }
    } else {
      add(node, name);
    }
    return true;
  }

  private static boolean isJson(String line) {
    try {
      return !Json.parse(line).isMissingNode();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private void lines(String text) {
    int[] number = {0};
    text.lines()
        .forEach(
            line -> {
              number[0]++;
              String where = "%s line %d".formatted(name, number[0]);
              String word = line.strip();
              if (word.startsWith("{") || word.startsWith("\"")) {
                add(parse(word, where), where);
              } else if (!word.isEmpty()) {
                signatures.add(signature(word, where));
              }
            });
  }

  private void add(JsonNode node, String where) {
    if (node instanceof ObjectNode params) {
      signatures.add(Signatures.shared().parameterSignature(params));
    } else if (node.isTextual()) {
      signatures.add(signature(node.textValue(), where));
    } else {
      throw new CommandException(
          "%s: found %s, %s"
              .formatted(where, node.getNodeType().name().toLowerCase(Locale.ROOT), EXPECTED));
    }
  }

  private static String signature(String word, String where) {
    if (!SIGNATURE.matcher(word).matches()) {
      String shown = word.length() <= 70 ? word : word.substring(0, 70) + "...";
      throw new CommandException("%s: found '%s', %s".formatted(where, shown, EXPECTED));
    }
    return word;
  }

  private static JsonNode parse(String text, String where) {
    try {
      return Json.parse(text);
    } catch (JsonProcessingException e) {
      throw new CommandException(
          "%s: not JSON: %s, %s".formatted(where, e.getOriginalMessage(), EXPECTED));
    }
  }
}
