package dev.assay.analytics.flight;

import dev.assay.analytics.ArrowBatches;
import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;

/** A store, its Flight SQL server and a client of it. */
@SuppressWarnings("try") // What closes here may be interrupted, and is not.
final class ServedStore implements AutoCloseable {
  final Store store;
  final StudyRecord study;
  final FlightSqlServer server;
  final BufferAllocator allocator = ArrowBatches.allocator();
  final FlightSqlClient client;
  private int next;

  ServedStore(Path directory) throws Exception {
    store = Store.open(directory);
    study = store.openStudy("served", List.of(Direction.MINIMIZE), Json.object(), Json.object());
    server = FlightSqlServer.start(store, new FlightOptions("127.0.0.1", 0, null, null, "1.2.3"));
    client = client();
  }

  /** Another client. */
  FlightSqlClient client() {
    return client(server.port());
  }

  FlightSqlClient client(int port) {
    return new FlightSqlClient(
        FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", port)).build());
  }

  /** Finishes so many further trials; the n-th has the value n. */
  void finish(int trials) {
    for (int i = 0; i < trials; i++) {
      Claim claim = store.claim(study.id(), Json.object().put("x", next), Json.object(), null);
      store.finish(
          ((Claim.Acquired) claim).lease(),
          FrozenTrial.builder().state(TrialState.COMPLETE).value(next++).build());
    }
  }

  /** A query's rows as texts, cells apart by a bar. */
  List<String> ask(String sql) {
    return read(client, client.execute(sql));
  }

  /** What a client gets for a ticket. */
  static List<String> read(FlightSqlClient client, FlightInfo info) {
    List<String> rows = new ArrayList<>();
    try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
      while (stream.next()) {
        for (int row = 0; row < stream.getRoot().getRowCount(); row++) {
          List<String> cells = new ArrayList<>();
          for (FieldVector column : stream.getRoot().getFieldVectors()) {
            cells.add(String.valueOf(column.getObject(row)));
          }
          rows.add(String.join("|", cells));
        }
      }
      return rows;
    } catch (FlightRuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws Exception {
    client.close();
    server.close();
    store.close();
    allocator.close();
  }
}
