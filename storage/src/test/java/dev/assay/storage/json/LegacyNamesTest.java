package dev.assay.storage.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that the legacy system gave to the trials of its real runs. */
@Tag("performance")
class LegacyNamesTest {
  private static final Predicate<String> TRIAL_FILE =
      Pattern.compile("trial_\\d+\\.json").asMatchPredicate();

  private final Signatures signatures = new Signatures(0, 0);

  @Test
  void everyCacheFileIsNamedByTheTrialKeyOfItsParameters() throws IOException {
    List<Path> files = files(file -> file.getName(file.getNameCount() - 2).endsWith("_cache"));
    assertThat(files).hasSizeGreaterThanOrEqualTo(157);
    for (Path file : files) {
      assertThat(signatures.trialKey(parameters(file)) + ".json")
          .as("%s", file)
          .isEqualTo(name(file));
    }
  }

  @Test
  void everyTrialThatSucceededIsInItsGuard(@TempDir Path copies) throws IOException, SQLException {
    int found = 0;
    for (Path guard : files(file -> "_dedup.db".equals(name(file)))) {
      Set<String> known = guardOf(guard, copies);
      List<Path> trials =
          files(file -> isTrial(file) && guard.resolveSibling(name(file)).equals(file));
      for (Path trial : trials) {
        boolean contained = known.contains(signatures.parameterSignature(parameters(trial)));
        found += contained ? 1 : 0;
        assertThat(contained || Json.parse(Files.readAllBytes(trial)).hasNonNull("error"))
            .as("the guard of %s", trial)
            .isTrue();
      }
    }
    assertThat(found).isGreaterThanOrEqualTo(178);
  }

  private static boolean isTrial(Path file) {
    return TRIAL_FILE.test(name(file));
  }

  private static ObjectNode parameters(Path file) throws IOException {
    JsonNode document = Json.parse(Files.readAllBytes(file));
    return (ObjectNode) document.get("parameters");
  }

  /** The guard's signatures, from a copy: SQLite may not open the original without writing. */
  private static Set<String> guardOf(Path guard, Path copies) throws IOException, SQLException {
    Path copy = Files.createTempDirectory(copies, "guard").resolve("_dedup.db");
    for (String suffix : List.of("", "-wal")) {
      Path part = guard.resolveSibling("_dedup.db" + suffix);
      if (Files.exists(part)) {
        Files.write(copy.resolveSibling("_dedup.db" + suffix), Files.readAllBytes(part));
      }
    }
    Set<String> known = new HashSet<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT sig FROM dedup_signatures")) {
      while (rows.next()) {
        known.add(rows.getString(1));
      }
    }
    return known;
  }

  private static List<Path> files(Predicate<Path> wanted) throws IOException {
    try (Stream<Path> files = Files.walk(LegacyData.directory())) {
      return files.filter(Files::isRegularFile).filter(wanted).sorted().toList();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }
}
