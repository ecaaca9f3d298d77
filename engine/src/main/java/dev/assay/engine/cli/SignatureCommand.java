package dev.assay.engine.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code assay signature}. */
@Command(
    name = "signature",
    header = "Prints the trial key and the parameter signature of each line's parameters.",
    description = {
      "Reads one JSON object of parameters a line, and prints trial_key<TAB>signature a line.",
      "Both are SHA-256 of the canonical JSON; the signature's floats are rounded to 10 decimals."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  echo '{\"x\": 0.1, \"y\": 2}' | assay signature",
      "  assay signature parameters.jsonl"
    })
final class SignatureCommand implements Callable<Integer> {
  @Mixin private FileArgument input = new FileArgument();

  private final Console console;

  SignatureCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String file = input.file();
    String name = file.equals("-") ? "standard input" : file;
    try (Reader reader = open(file)) {
      print(new BufferedReader(reader), name);
      return ExitCode.OK;
    } catch (CharacterCodingException e) {
      throw new CommandException(name + ": not in UTF-8", e);
    } catch (NoSuchFileException e) {
      throw new UsageException(name + ": there is no such file");
    } catch (IOException e) {
      throw new CommandException("%s: cannot be read: %s".formatted(name, e.getMessage()), e);
    }
  }

  private Reader open(String file) throws IOException {
    if (!file.equals("-")) {
      return Files.newBufferedReader(Path.of(file));
    }
    return new InputStreamReader(console.in(), StandardCharsets.UTF_8.newDecoder());
  }

  private void print(BufferedReader reader, String name) throws IOException {
    long number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      ObjectNode params = params(line, name + " line " + number);
      Signatures signatures = Signatures.shared();
      console
          .out()
          .println(signatures.trialKey(params) + "\t" + signatures.parameterSignature(params));
    }
  }

  private static ObjectNode params(String line, String where) {
    try {
      JsonNode node = Json.parse(line);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new CommandException(
          "%s: found %s, expected a JSON object of parameters"
              .formatted(where, node.getNodeType().name().toLowerCase(Locale.ROOT)));
    } catch (JsonProcessingException e) {
      throw new CommandException(
          "%s: not JSON: %s, expected an object of parameters"
              .formatted(where, e.getOriginalMessage()));
    }
  }
}
