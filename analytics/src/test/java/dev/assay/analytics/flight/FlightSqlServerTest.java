package dev.assay.analytics.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.auth2.BearerCredentialWriter;
import org.apache.arrow.flight.grpc.CredentialCallOption;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.util.TableRef;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // What closes here may be interrupted, and is not.
final class FlightSqlServerTest {
  private static final int CLIENTS = 20;

  @TempDir Path directory;

  private ServedStore served;

  @BeforeEach
  void serve() throws Exception {
    served = new ServedStore(directory);
  }

  @AfterEach
  void close() throws Exception {
    served.close();
  }

  /** Each answer has what had finished when it was asked, and is of one snapshot. */
  @Test
  void twentyClientsSeeEachFinishedTrialAtOnceWhileTheStoreIsWritten() throws Exception {
    AtomicInteger finished = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<Integer>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(threads.submit(client(finished, over)));
    }
    for (int round = 0; round < 60; round++) {
      served.finish(10);
      finished.addAndGet(10);
      if (round % 15 == 14) {
        served.store.seal(served.study.id());
      }
    }
    over.set(true);
    for (Future<Integer> client : clients) {
      assertThat(client.get()).isPositive();
    }
    threads.shutdown();
    assertThat(served.ask("SELECT count(*) FROM trials")).containsExactly("600");
  }

  private Callable<Integer> client(AtomicInteger finished, AtomicBoolean over) {
    return () -> {
      try (FlightSqlClient client = served.client()) {
        int answers = 0;
        do {
          int before = finished.get();
          String[] row =
              ServedStore.read(
                      client,
                      client.execute(
                          """
                          SELECT (SELECT count(*) FROM trials), (SELECT sum(number) FROM trials),
                            (SELECT max(number) FROM trials_of('served'))
                          """))
                  .get(0)
                  .split("\\|", -1);
          if (before > 0) {
            long count = Long.parseLong(row[0]);
            assertThat(count).isGreaterThanOrEqualTo(before);
            assertThat(row[1]).isEqualTo(Long.toString(count * (count - 1) / 2));
            assertThat(row[2]).isEqualTo(Long.toString(count - 1));
          }
          answers++;
        } while (!over.get());
        return answers;
      }
    };
  }

  @Test
  void preparedStatementsTakeValuesAndRunOnTheStoreAsItIsThen() throws Exception {
    served.finish(3);
    try (PreparedStatement statement =
        served.client.prepare(
            "SELECT number, 'n' || ? FROM trials WHERE number >= ? ORDER BY ALL")) {
      assertThat(statement.getParameterSchema().getFields()).hasSize(2);
      assertThatThrownBy(statement::execute).hasMessageContaining("no values were given for 2");
      try (VectorSchemaRoot values =
          VectorSchemaRoot.of(
              new VarCharVector("1", served.allocator), new BigIntVector("2", served.allocator))) {
        values.allocateNew();
        ((VarCharVector) values.getVector(0)).setSafe(0, "é".getBytes(StandardCharsets.UTF_8));
        ((BigIntVector) values.getVector(1)).setSafe(0, 1);
        values.setRowCount(1);
        statement.setParameters(values);
        assertThat(ServedStore.read(served.client, statement.execute()))
            .containsExactly("1|né", "2|né");
        served.finish(1);
        assertThat(ServedStore.read(served.client, statement.execute()))
            .containsExactly("1|né", "2|né", "3|né");
        statement.clearParameters();
      }
    }
    try (PreparedStatement statement = served.client.prepare("FROM trials_of('served')")) {
      assertThat(statement.getResultSetSchema().findField("params_x").getType().toString())
          .isEqualTo("Int(64, true)");
    }
  }

  @Test
  void timesOfAZoneComeAsUtcAndEnumerationsAsTexts() {
    FlightInfo info =
        served.client.execute(
            """
            SELECT TIMESTAMPTZ '2026-01-02 03:04:05+01' AS "at ""x\""", 'b'::ENUM('a', 'b') AS e, 1, 1
            ;
            """);
    assertThat(info.getSchemaOptional().orElseThrow().toString())
        .isEqualTo(
            "Schema<at \"x\": Timestamp(MICROSECOND, null), e: Utf8, 1: Int(32, true), 1: Int(32, true)>");
    assertThat(ServedStore.read(served.client, info)).containsExactly("2026-01-02T02:04:05|b|1|1");
  }

  @Test
  void failuresSayWhatDuckDbSays() {
    assertThatThrownBy(() -> served.ask("SELECT error('boom')")).hasMessageContaining("boom");
    assertThatThrownBy(() -> served.ask("FROM nowhere"))
        .hasMessageContaining("nowhere does not exist");
    assertThatThrownBy(() -> served.ask("SELEC 1")).hasMessageContaining("syntax error");
    assertThatThrownBy(
            () ->
                served.ask(
                    "SELECT CASE WHEN i > 900000 THEN error('late') END FROM range(1000000) t(i)"))
        .hasMessageContaining("late");
    assertThatThrownBy(() -> served.client.executeUpdate("SELECT 1"))
        .hasMessageContaining("read-only");
  }

  @Test
  void aTicketIsForOneUse() {
    FlightInfo info = served.client.execute("SELECT 1");
    assertThat(ServedStore.read(served.client, info)).containsExactly("1");
    assertThatThrownBy(() -> ServedStore.read(served.client, info))
        .hasMessageContaining("handed in before");
  }

  /** It would take hours. */
  @Test
  void whoCancelsOrGoesAwayEndsTheQuery() throws Exception {
    String endless = "SELECT i FROM range(1000000000000) t(i) WHERE hash(i) = 1";
    FlightInfo info = served.client.execute(endless);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    Future<List<String>> asked = threads.submit(() -> ServedStore.read(served.client, info));
    Thread.sleep(200);
    assertThat(served.client.cancelFlightInfo(new CancelFlightInfoRequest(info)).getStatus())
        .isEqualTo(CancelStatus.CANCELLED);
    assertThatThrownBy(asked::get).hasMessageContaining("cancelled");
    threads.shutdown();

    FlightSqlClient leaving = served.client();
    FlightStream stream =
        leaving.getStream(leaving.execute(endless).getEndpoints().get(0).getTicket());
    Thread.sleep(200);
    stream.cancel("gone", null);
    leaving.close();
    awaitNoQueries();
  }

  private void awaitNoQueries() throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (isBusy()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  /** Whether a thread of the server is inside DuckDB. */
  private static boolean isBusy() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Stream::of)
        .anyMatch(frame -> frame.getClassName().equals(Query.class.getName()));
  }

  @Test
  void theCatalogListsTheViewsAndTheirColumns() throws Exception {
    assertThat(ServedStore.read(served.client, served.client.getCatalogs()))
        .containsExactly("memory");
    assertThat(ServedStore.read(served.client, served.client.getSchemas(null, "m%")))
        .containsExactly("memory|main");
    assertThat(ServedStore.read(served.client, served.client.getTableTypes()))
        .containsExactly("VIEW");
    assertThat(
            ServedStore.read(
                served.client, served.client.getTables(null, null, "tri%", List.of("VIEW"), false)))
        .containsExactly("memory|main|trials|VIEW");
    assertThat(
            ServedStore.read(served.client, served.client.getTables(null, null, null, null, true)))
        .hasSizeGreaterThanOrEqualTo(7)
        .noneMatch(row -> row.contains("assay_"));
    assertThat(
            ServedStore.read(
                served.client, served.client.getTables(null, null, null, List.of("TABLE"), false)))
        .isEmpty();
    assertThat(ServedStore.read(served.client, served.client.getXdbcTypeInfo())).hasSize(10);
    assertThat(ServedStore.read(served.client, served.client.getSqlInfo()))
        .anyMatch(row -> row.contains("Assay"));
    assertThat(
            ServedStore.read(
                served.client, served.client.getPrimaryKeys(TableRef.of(null, null, "trials"))))
        .isEmpty();
  }

  @Test
  void onlyWhoKnowsTheTokenIsAnswered() throws Exception {
    try (FlightSqlServer guarded =
            FlightSqlServer.start(
                served.store, new FlightOptions("127.0.0.1", 0, "s3cret", null, "1"));
        FlightSqlClient client = served.client(guarded.port())) {
      assertThatThrownBy(() -> client.execute("SELECT 1")).hasMessageContaining("asks for a token");
      assertThatThrownBy(() -> client.execute("SELECT 1", bearer("s3cre")))
          .hasMessageContaining("asks for a token");
      assertThat(client.execute("SELECT 1", bearer("s3cret")).getEndpoints()).hasSize(1);
    }
  }

  private static CredentialCallOption bearer(String token) {
    return new CredentialCallOption(new BearerCredentialWriter(token));
  }

  @Test
  void aPortInUseIsSaid() {
    assertThatThrownBy(
            () ->
                FlightSqlServer.start(
                    served.store,
                    new FlightOptions("127.0.0.1", served.server.port(), null, null, "1")))
        .hasMessageContaining("cannot listen on 127.0.0.1 port " + served.server.port());
  }
}
