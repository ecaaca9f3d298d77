package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class MigrateTableTest {
  @TempDir private Path directory;

  private String file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content).toString();
  }

  @Test
  void aTableIsTakenByWhatIsSaidOfItsColumns() throws Exception {
    String store = directory.resolve("s").toString();
    String table = file("grid.csv", "net.lr,depth,score,took,note\n0.1,3,5,00:01:30,x\n0.2,4,6\n");

    Ran asked = Ran.assay("migrate", table, "--store", store).exits(2);
    assertThat(asked.err())
        .contains("the columns are net.lr, depth, score, took, note")
        .contains("--params net.lr,depth --value score");
    Ran.assay("migrate", table, "--store", store, "--value", "score", "--direction", "up").exits(2);
    Ran.assay("migrate", directory.toString(), "--store", store, "--value", "score").exits(2);

    JsonNode report =
        Ran.assay(
                "migrate",
                table,
                "--store",
                store,
                "--params",
                "net.lr,layers=depth",
                "--nested",
                "--value",
                "score",
                "--direction",
                "maximize",
                "--duration",
                "took",
                "--name",
                "my grid",
                "--strict",
                "--json")
            .exits(1)
            .json()
            .get(0);
    assertThat(report.at("/sources/0/study").textValue()).isEqualTo("my grid");
    assertThat(report.at("/sources/0/kind").textValue()).isEqualTo("csv-table");
    assertThat(report.at("/totals/trials/taken").intValue()).isEqualTo(1);
    assertThat(report.at("/totals/trials/quarantined").intValue()).isEqualTo(1);
    assertThat(report.at("/sources/0/findings").toString()).contains("grid.csv line 3");

    String sql =
        "SELECT params ->> '$.net.lr', params ->> '$.layers', value, duration_seconds,"
            + " user_attrs ->> '$.note' FROM trials";
    assertThat(Ran.assay("query", sql, "--store", store, "--format", "csv").exits(0).outLines())
        .element(1)
        .isEqualTo("0.1,3,5.0,90.0,x");
    Ran.assay("verify", "--store", store).exits(0);
    String restored = directory.resolve("restored").toString();
    Ran.assay("restore", "my grid", restored, "--store", store).exits(0);
    assertThat(Path.of(restored).resolve("grid.csv"))
        .hasSameBinaryContentAs(directory.resolve("grid.csv"));
  }
}
