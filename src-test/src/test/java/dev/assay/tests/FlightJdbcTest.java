package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.analytics.flight.FlightOptions;
import dev.assay.analytics.flight.FlightSqlServer;
import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JDBC driver for Flight SQL, in a process of its own that knows nothing of Assay. */
final class FlightJdbcTest {
  private static final String PASSWORD = "changeit";

  @TempDir Path directory;

  @Test
  void theJdbcDriverAsksOverTlsWithAToken() throws Exception {
    FlightOptions options = new FlightOptions("127.0.0.1", 0, "s3cret", certificate(), "1.0");
    try (Store store = Store.open(directory.resolve("store"));
        FlightSqlServer server = FlightSqlServer.start(store, options)) {
      fill(store);

      Launcher.Result refused = client(url(server, "wrong"));
      assertThat(refused.err()).contains("asks for a token");
      Launcher.Result result = client(url(server, "s3cret"));

      assertThat(result.exitCode()).as(result.err()).isZero();
      List<String> lines = result.out().lines().toList();
      assertThat(lines.get(4)).startsWith("refused: ").contains("only queries are answered here");
      assertThat(lines)
          .containsSubsequence(
              "0|COMPLETE|0.0",
              "1|COMPLETE|1.0",
              "false|true",
              "6|2026-01-02T02:04:05Z",
              "1",
              "2",
              "2",
              "3",
              "trials.number BIGINT",
              "left a query",
              "499999500000");
    }
  }

  private static String url(FlightSqlServer server, String token) {
    return "jdbc:arrow-flight-sql://127.0.0.1:%d/?useEncryption=true&disableCertificateVerification=true&token=%s"
        .formatted(server.port(), token);
  }

  private Launcher.Result client(String url) throws Exception {
    return Launcher.run(
        directory,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-Duser.timezone=UTC",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-cp",
            entry("flight-sql-jdbc-driver") + File.pathSeparator + classes(),
            FlightJdbcClient.class.getName(),
            url));
  }

  private static String classes() throws Exception {
    return Path.of(
            FlightJdbcClient.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }

  private static String entry(String name) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.contains(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not on the class path"));
  }

  private static void fill(Store store) {
    StudyRecord study =
        store.openStudy("jdbc", List.of(Direction.MINIMIZE), Json.object(), Json.object());
    for (int i = 0; i < 4; i++) {
      Claim claim = store.claim(study.id(), Json.object().put("x", i), Json.object(), null);
      store.finish(
          ((Claim.Acquired) claim).lease(),
          FrozenTrial.builder().state(TrialState.COMPLETE).value(i).build());
    }
  }

  /** A certificate that it signs itself, with its key, as PEM. */
  private FlightOptions.Tls certificate() throws Exception {
    Path file = directory.resolve("keys.p12");
    Launcher.Result made =
        Launcher.run(
            directory,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString()));
    assertThat(made.exitCode()).as(made.err()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return new FlightOptions.Tls(
        pem("CERTIFICATE", keys.getCertificate("server").getEncoded()),
        pem("PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded()));
  }

  private Path pem(String kind, byte[] bytes) throws Exception {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return Files.writeString(
        directory.resolve(kind.replace(' ', '-') + ".pem"),
        "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(kind, text));
  }
}
