package dev.assay.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A list of what programs outside rely on, kept beside the tests line by line: what changes without
 * a word in the changelog fails a test. {@code -Dassay.update=true} writes it anew instead.
 */
final class Listing {
  private static final Path KEPT =
      Launcher.ROOT.resolve("src-test/src/test/resources/dev/assay/tests");

  private Listing() {}

  /**
   * Fails where {@code lines} are not those that are kept.
   *
   * @param what they list, for the message
   * @param test that compares them
   */
  static void requireSame(String what, String file, SortedSet<String> lines, Class<?> test)
      throws IOException {
    Path kept = KEPT.resolve(file);
    if (Boolean.getBoolean("assay.update")) {
      Files.createDirectories(KEPT);
      Files.write(kept, lines);
      return;
    }
    List<String> differences = new ArrayList<>();
    SortedSet<String> before = new TreeSet<>(Files.readAllLines(kept));
    before.stream().filter(line -> !lines.contains(line)).forEach(l -> differences.add("- " + l));
    lines.stream().filter(line -> !before.contains(line)).forEach(l -> differences.add("+ " + l));
    if (!differences.isEmpty()) {
      throw new AssertionError(
          """
          %s is not what %s says:

          %s

          Where that is meant, say it in CHANGELOG.md under Unreleased (a line that begins with - breaks
          what others have written), and bring the file up to date:

            mvn verify -Dtest=%s -Dassay.update=true -Dsurefire.failIfNoSpecifiedTests=false
          """
              .formatted(what, kept, String.join("\n", differences), test.getSimpleName()));
    }
  }
}
