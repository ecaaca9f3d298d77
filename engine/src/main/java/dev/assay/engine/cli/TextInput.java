package dev.assay.engine.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A text that a command reads as a whole.
 *
 * @param name how messages call it
 */
record TextInput(String name, String text) {
  /**
   * Reads a file in UTF-8.
   *
   * @param file {@code -} for standard input
   */
  static TextInput read(String file, Console console) {
    String name = file.equals("-") ? "standard input" : file;
    try {
      byte[] bytes =
          file.equals("-") ? console.in().readAllBytes() : Files.readAllBytes(Path.of(file));
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new TextInput(name, text);
    } catch (CharacterCodingException e) {
      throw new CommandException(name + ": not in UTF-8", e);
    } catch (NoSuchFileException e) {
      throw new UsageException(name + ": there is no such file");
    } catch (IOException e) {
      throw new CommandException("%s: cannot be read: %s".formatted(name, e.getMessage()), e);
    }
  }
}
