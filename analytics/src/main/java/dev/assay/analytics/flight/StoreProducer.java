package dev.assay.analytics.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.assay.analytics.Snapshots;
import java.sql.SQLException;
import java.util.List;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.BasicFlightSqlProducer;
import org.apache.arrow.flight.sql.FlightSqlUtils;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Answers the calls of Flight SQL. Who asks for a query gets a ticket, and its snapshot of the
 * store is kept until the ticket is handed in.
 */
final class StoreProducer extends BasicFlightSqlProducer {
  private final Catalog catalog;
  private final Queries queries;

  /**
   * @param version what the server says of itself
   */
  StoreProducer(Snapshots snapshots, String version, BufferAllocator allocator) {
    this.catalog = new Catalog(snapshots, version, allocator);
    this.queries = new Queries(snapshots, catalog.allowed(), allocator);
  }

  private FlightInfo info(Query query, FlightDescriptor descriptor) {
    try {
      Schema columns = query.columns();
      Message ticket =
          TicketStatementQuery.newBuilder().setStatementHandle(queries.ticket(query)).build();
      return generateFlightInfo(ticket, descriptor, columns);
    } catch (RuntimeException e) {
      query.close();
      throw e;
    }
  }

  @Override
  protected <T extends Message> List<FlightEndpoint> determineEndpoints(
      T request, FlightDescriptor descriptor, Schema schema) {
    return List.of(new FlightEndpoint(new Ticket(Any.pack(request).toByteArray())));
  }

  @Override
  public FlightInfo getFlightInfoStatement(
      CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
    return info(queries.open(command.getQuery(), List.of()), descriptor);
  }

  @Override
  public SchemaResult getSchemaStatement(
      CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
    try (Query query = queries.open(command.getQuery(), List.of())) {
      return new SchemaResult(query.columns());
    }
  }

  @Override
  public void getStreamStatement(
      TicketStatementQuery ticket, CallContext context, ServerStreamListener client) {
    queries.run(ticket.getStatementHandle(), client);
  }

  @Override
  public void createPreparedStatement(
      ActionCreatePreparedStatementRequest request,
      CallContext context,
      StreamListener<Result> answer) {
    try (Query query = queries.open(request.getQuery(), List.of())) {
      Schema parameters = query.parameters();
      Schema columns = query.describe();
      ByteString handle =
          queries.prepare(
              new Queries.Prepared(request.getQuery(), parameters.getFields().size(), null));
      ActionCreatePreparedStatementResult result =
          ActionCreatePreparedStatementResult.newBuilder()
              .setPreparedStatementHandle(handle)
              .setParameterSchema(bytes(parameters))
              .setDatasetSchema(bytes(columns == null ? ArrowTypes.UNDECIDED : columns))
              .build();
      answer.onNext(new Result(Any.pack(result).toByteArray()));
      answer.onCompleted();
    } catch (SQLException e) {
      answer.onError(Refusal.of(e));
    } catch (FlightRuntimeException e) {
      answer.onError(e);
    }
  }

  private static ByteString bytes(Schema schema) {
    return ByteString.copyFrom(ArrowTypes.bytes(schema));
  }

  @Override
  public void closePreparedStatement(
      ActionClosePreparedStatementRequest request,
      CallContext context,
      StreamListener<Result> answer) {
    queries.forget(request.getPreparedStatementHandle());
    answer.onCompleted();
  }

  @Override
  public Runnable acceptPutPreparedStatementQuery(
      CommandPreparedStatementQuery command,
      CallContext context,
      FlightStream stream,
      StreamListener<PutResult> answer) {
    return () -> {
      try {
        queries.bind(command.getPreparedStatementHandle(), Parameters.read(stream));
        answer.onCompleted();
      } catch (FlightRuntimeException e) {
        answer.onError(e);
      }
    };
  }

  @Override
  public FlightInfo getFlightInfoPreparedStatement(
      CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
    return info(queries.open(command.getPreparedStatementHandle()), descriptor);
  }

  @Override
  public SchemaResult getSchemaPreparedStatement(
      CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
    try (Query query = queries.open(command.getPreparedStatementHandle())) {
      return new SchemaResult(query.columns());
    }
  }

  @Override
  public Runnable acceptPutStatement(
      FlightSql.CommandStatementUpdate command,
      CallContext context,
      FlightStream stream,
      StreamListener<PutResult> answer) {
    return () -> answer.onError(readOnly());
  }

  @Override
  public Runnable acceptPutPreparedStatementUpdate(
      FlightSql.CommandPreparedStatementUpdate command,
      CallContext context,
      FlightStream stream,
      StreamListener<PutResult> answer) {
    return () -> answer.onError(readOnly());
  }

  @Override
  public Runnable acceptPutStatementBulkIngest(
      FlightSql.CommandStatementIngest command,
      CallContext context,
      FlightStream stream,
      StreamListener<PutResult> answer) {
    return () -> answer.onError(readOnly());
  }

  private static FlightRuntimeException readOnly() {
    return Refusal.of("the store is read-only here: ask for a query's result, not for an update");
  }

  @Override
  public void cancelFlightInfo(
      CancelFlightInfoRequest request, CallContext context, StreamListener<CancelStatus> answer) {
    answer.onNext(
        cancel(request.getInfo()) ? CancelStatus.CANCELLED : CancelStatus.NOT_CANCELLABLE);
    answer.onCompleted();
  }

  /** Ends a query by its tickets; false where none of them is known any more. */
  private boolean cancel(FlightInfo info) {
    boolean any = false;
    for (FlightEndpoint endpoint : info.getEndpoints()) {
      Any ticket = FlightSqlUtils.parseOrThrow(endpoint.getTicket().getBytes());
      if (ticket.is(TicketStatementQuery.class)) {
        any |=
            queries.cancel(
                FlightSqlUtils.unpackOrThrow(ticket, TicketStatementQuery.class)
                    .getStatementHandle());
      }
    }
    return any;
  }

  /** There are no sessions: what a client leaves behind are prepared statements at most. */
  @Override
  public void closeSession(
      CloseSessionRequest request, CallContext context, StreamListener<CloseSessionResult> answer) {
    answer.onNext(new CloseSessionResult(CloseSessionResult.Status.CLOSED));
    answer.onCompleted();
  }

  @Override
  public void getStreamSqlInfo(
      FlightSql.CommandGetSqlInfo command, CallContext context, ServerStreamListener client) {
    catalog.sqlInfo(command.getInfoList(), client);
  }

  @Override
  public void getStreamTypeInfo(
      FlightSql.CommandGetXdbcTypeInfo command, CallContext context, ServerStreamListener client) {
    catalog.types(command.hasDataType() ? command.getDataType() : null, client);
  }

  @Override
  public void getStreamCatalogs(CallContext context, ServerStreamListener client) {
    catalog.catalogs(client);
  }

  @Override
  public void getStreamSchemas(
      FlightSql.CommandGetDbSchemas command, CallContext context, ServerStreamListener client) {
    catalog.schemas(command, client);
  }

  @Override
  public void getStreamTables(
      FlightSql.CommandGetTables command, CallContext context, ServerStreamListener client) {
    catalog.tables(command, client);
  }

  @Override
  public void getStreamTableTypes(CallContext context, ServerStreamListener client) {
    catalog.tableTypes(client);
  }

  @Override
  public void getStreamPrimaryKeys(
      FlightSql.CommandGetPrimaryKeys command, CallContext context, ServerStreamListener client) {
    catalog.none(Schemas.GET_PRIMARY_KEYS_SCHEMA, client);
  }

  @Override
  public void getStreamExportedKeys(
      FlightSql.CommandGetExportedKeys command, CallContext context, ServerStreamListener client) {
    catalog.none(Schemas.GET_EXPORTED_KEYS_SCHEMA, client);
  }

  @Override
  public void getStreamImportedKeys(
      FlightSql.CommandGetImportedKeys command, CallContext context, ServerStreamListener client) {
    catalog.none(Schemas.GET_IMPORTED_KEYS_SCHEMA, client);
  }

  @Override
  public void getStreamCrossReference(
      FlightSql.CommandGetCrossReference command,
      CallContext context,
      ServerStreamListener client) {
    catalog.none(Schemas.GET_CROSS_REFERENCE_SCHEMA, client);
  }

  /** Ends all queries. */
  @Override
  public void close() {
    queries.close();
  }
}
