package dev.assay.engine.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.grpc.wire.CreateNewStudyRequest;
import dev.assay.engine.grpc.wire.CreateNewTrialRequest;
import dev.assay.engine.grpc.wire.GetStudyIdFromNameRequest;
import dev.assay.engine.grpc.wire.GetTrialRequest;
import dev.assay.engine.grpc.wire.GetTrialsRequest;
import dev.assay.engine.grpc.wire.SetStudyUserAttributeRequest;
import dev.assay.engine.grpc.wire.SetTrialParameterRequest;
import dev.assay.engine.grpc.wire.SetTrialStateValuesRequest;
import dev.assay.engine.grpc.wire.SetTrialUserAttributeRequest;
import dev.assay.engine.grpc.wire.StorageServiceGrpc;
import dev.assay.engine.grpc.wire.StorageServiceGrpc.StorageServiceBlockingStub;
import dev.assay.engine.grpc.wire.StudyDirection;
import dev.assay.engine.grpc.wire.Trial;
import dev.assay.engine.grpc.wire.TrialState;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a client of the protocol sees it. */
final class OptunaServerTest {
  private static final String FLOAT =
      "{\"name\": \"FloatDistribution\", \"attributes\": {\"step\": null, \"low\": 0.0, \"high\":"
          + " 1.0, \"log\": false}}";
  private static final String CHOICES =
      "{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\": [\"a\", null, 1]}}";

  private static final OptunaServerOptions OPTIONS =
      OptunaServerOptions.DEFAULT.at("localhost", 0).withTimes(WireTimes.LOCAL, ZoneId.of("UTC"));

  @TempDir private static Path directory;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private Store store;
  private OptunaServer server;
  private ManagedChannel channel;
  private StorageServiceBlockingStub client;
  private long study;

  @BeforeEach
  void open() {
    store = Store.open(directory.resolve("s" + NUMBER.incrementAndGet()));
    serve(OPTIONS);
    study = study("one");
  }

  private void serve(OptunaServerOptions options) {
    server = OptunaServer.start(store, options);
    channel =
        NettyChannelBuilder.forAddress("localhost", server.port())
            .usePlaintext()
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build();
    client = StorageServiceGrpc.newBlockingStub(channel).withDeadlineAfter(2, TimeUnit.MINUTES);
  }

  private void serveAnew(OptunaServerOptions options) {
    channel.shutdownNow();
    server.close();
    serve(options);
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    server.close();
    store.close();
  }

  private long study(String name) {
    return client
        .createNewStudy(
            CreateNewStudyRequest.newBuilder()
                .setStudyName(name)
                .addDirections(StudyDirection.MINIMIZE)
                .build())
        .getStudyId();
  }

  private long trial() {
    return create(null);
  }

  private long create(@Nullable Trial template) {
    CreateNewTrialRequest.Builder request =
        CreateNewTrialRequest.newBuilder()
            .setStudyId(study)
            .setTemplateTrialIsNone(template == null);
    if (template != null) {
      request.setTemplateTrial(template);
    }
    return client.createNewTrial(request.build()).getTrialId();
  }

  private void set(long trial, String name, double value, String distribution) {
    var unused =
        client.setTrialParameter(
            SetTrialParameterRequest.newBuilder()
                .setTrialId(trial)
                .setParamName(name)
                .setParamValueInternal(value)
                .setDistribution(distribution)
                .build());
  }

  private boolean state(long trial, int state, Double... values) {
    return client
        .setTrialStateValues(
            SetTrialStateValuesRequest.newBuilder()
                .setTrialId(trial)
                .setStateValue(state)
                .addAllValues(List.of(values))
                .build())
        .getTrialUpdated();
  }

  private boolean complete(long trial, double value) {
    return state(trial, TrialState.COMPLETE_VALUE, value);
  }

  private void attribute(long trial, String key, String json) {
    var unused =
        client.setTrialUserAttribute(
            SetTrialUserAttributeRequest.newBuilder()
                .setTrialId(trial)
                .setKey(key)
                .setValue(json)
                .build());
  }

  private Trial read(long trial) {
    return client.getTrial(GetTrialRequest.newBuilder().setTrialId(trial).build()).getTrial();
  }

  private List<Trial> above(long bound, Long... included) {
    return client
        .getTrials(
            GetTrialsRequest.newBuilder()
                .setStudyId(study)
                .setTrialIdGreaterThan(bound)
                .addAllIncludedTrialIds(List.of(included))
                .build())
        .getTrialsList();
  }

  private static void refused(Status.Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void badInputIsRefusedAndNothingOfItIsStored() {
    long trial = trial();
    set(trial, "x", 0.5, FLOAT);
    Trial before = read(trial);
    List<ThrowingCallable> bad =
        List.of(
            () -> set(trial, "y", 0.5, "no JSON"),
            () -> set(trial, "y", 0.5, "{\"name\": \"OtherDistribution\", \"attributes\": {}}"),
            () -> set(trial, "y", 3, CHOICES),
            () -> set(trial, "y", Double.NaN, CHOICES),
            () -> set(trial, "x", 0, CHOICES),
            () -> set(trial, "x", 0.5, FLOAT.replace("\"log\": false", "\"log\": true")),
            () -> attribute(trial, "a", "{"),
            () -> attribute(trial, "a", "[".repeat(100_000)),
            () -> complete(trial, Double.NaN),
            () -> state(trial, 5),
            () -> create(Trial.newBuilder().putParams("x", 1).build()),
            () -> create(Trial.newBuilder().putDistributions("x", FLOAT).build()),
            () -> create(Trial.newBuilder().setDatetimeStart("yesterday").build()),
            () -> create(Trial.newBuilder().setStateValue(9).build()),
            () -> create(Trial.newBuilder().setStateValue(1).addValues(Double.NaN).build()),
            () -> create(Trial.newBuilder().putUserAttributes("a", "NaNa").build()),
            () ->
                client.createNewStudy(
                    CreateNewStudyRequest.newBuilder()
                        .setStudyName("two")
                        .addDirectionsValue(7)
                        .build()),
            () ->
                client.createNewStudy(
                    CreateNewStudyRequest.newBuilder()
                        .setStudyName("x".repeat(601))
                        .addDirectionsValue(0)
                        .build()),
            () ->
                client.setStudyUserAttribute(
                    SetStudyUserAttributeRequest.newBuilder()
                        .setStudyId(study)
                        .setKey("a")
                        .setValue("")
                        .build()));
    for (ThrowingCallable call : bad) {
      refused(Status.Code.INVALID_ARGUMENT, call);
    }

    assertThat(above(-1)).containsExactly(before);
    refused(Status.Code.ALREADY_EXISTS, () -> study("one"));
    refused(Status.Code.NOT_FOUND, () -> read(trial + 1));
    assertThat(complete(trial, 1)).isTrue();
    refused(Status.Code.FAILED_PRECONDITION, () -> complete(trial, 2));
    refused(Status.Code.FAILED_PRECONDITION, () -> set(trial, "x", 0, CHOICES));
    refused(Status.Code.NOT_FOUND, () -> set(trial + 1, "x", 0.5, FLOAT));
    assertThat(server.calls()).containsEntry("INVALID_ARGUMENT", (long) bad.size());
  }

  @Test
  void momentsOfBothFormsAreTheSame() {
    long local =
        create(
            Trial.newBuilder()
                .setStateValue(3)
                .setDatetimeStart("2026-11-23 08:15:00.000250")
                .setDatetimeComplete("2026-11-23T09:15:00.5+00:00")
                .build());
    assertThat(read(local).getDatetimeStart()).isEqualTo("2026-11-23 08:15:00.000250");
    assertThat(read(local).getDatetimeComplete()).isEqualTo("2026-11-23 09:15:00.500000");
  }

  @Test
  void attributesMayBeLargeButNotLargerThanTheServerTakes() {
    long trial = trial();
    String large = "\"" + "x".repeat(20 << 20) + "\"";
    attribute(trial, "large", large);
    assertThat(read(trial).getUserAttributesOrThrow("large")).isEqualTo(large);
    complete(trial, 1);
    assertThat(above(-1).get(0).getUserAttributesOrThrow("large")).isEqualTo(large);
    refused(
        Status.Code.RESOURCE_EXHAUSTED,
        () -> attribute(trial(), "larger", "\"" + "x".repeat(65 << 20) + "\""));
  }

  @Test
  void aClientIsGivenWhatItHasNotSeenAndEveryTrialThatItNames() {
    long first = trial();
    long second = trial();
    long third = trial();
    complete(second, 2);
    assertThat(above(-1)).extracting(Trial::getTrialId).containsExactly(first, second, third);
    assertThat(above(second)).extracting(Trial::getTrialId).containsExactly(third);
    assertThat(above(second, first, third, first, third + 9))
        .extracting(Trial::getTrialId)
        .containsExactly(first, third);
    complete(first, 1);
    assertThat(above(third, first).get(0).getState()).isEqualTo(TrialState.COMPLETE);
    assertThat(above(third)).isEmpty();
  }

  @Test
  void whatAnotherProcessWritesIsSeenAtOnceAlsoWhereNothingIsKeptInMemory() {
    serveAnew(OPTIONS.withCacheBytes(0));
    long mine = trial();
    assertThat(above(-1)).hasSize(1);
    try (Store other = Store.open(store.directory())) {
      long theirs = other.liveTrials().create(study, null).id();
      assertThat(above(mine)).extracting(Trial::getTrialId).containsExactly(theirs);
      other.liveTrials().setParameter(mine, "x", 0.25, FLOAT);
      assertThat(above(theirs, mine).get(0).getParamsMap()).containsEntry("x", 0.25);
      other.liveTrials().setState(theirs, dev.assay.storage.TrialState.COMPLETE, List.of(3.0));
      other.liveTrials().setState(mine, dev.assay.storage.TrialState.COMPLETE, List.of(4.0));
      other.seal(study);
    }
    assertThat(above(-1)).flatExtracting(Trial::getValuesList).containsExactly(4.0, 3.0);
    refused(Status.Code.FAILED_PRECONDITION, () -> complete(mine, 5));
  }

  @Test
  void aStudyThatWantsItTellsWhoHadTheParametersFirst() {
    long first = trial();
    set(first, "x", 0.5, FLOAT);
    attribute(first, DuplicateCheck.QUESTION, "true");
    assertThat(read(first).getUserAttributesMap()).doesNotContainKey(DuplicateCheck.ANSWER);
    var unused =
        client.setStudyUserAttribute(
            SetStudyUserAttributeRequest.newBuilder()
                .setStudyId(study)
                .setKey(DuplicateCheck.OPTION)
                .setValue("true")
                .build());

    attribute(first, DuplicateCheck.QUESTION, "true");
    assertThat(read(first).getUserAttributesOrThrow(DuplicateCheck.ANSWER)).isEqualTo("null");
    long second = trial();
    set(second, "x", 0.5, FLOAT);
    attribute(second, DuplicateCheck.QUESTION, "true");
    assertThat(read(second).getUserAttributesOrThrow(DuplicateCheck.ANSWER))
        .isEqualTo(
            "{\"trial_id\":%d,\"number\":0,\"state\":\"RUNNING\",\"values\":[]}".formatted(first));
    complete(first, 7);
    attribute(second, DuplicateCheck.QUESTION, "true");
    assertThat(read(second).getUserAttributesOrThrow(DuplicateCheck.ANSWER))
        .isEqualTo(
            "{\"trial_id\":%d,\"number\":0,\"state\":\"COMPLETE\",\"values\":[7.0]}"
                .formatted(first));
    assertThat(complete(second, 7)).isTrue();
  }

  @Test
  void healthIsToldUntilTheEnd() {
    HealthCheckResponse health =
        HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    assertThat(health.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
  }

  @Test
  void theServicesAreToldByReflection() throws Exception {
    BlockingQueue<ServerReflectionResponse> replies = new LinkedBlockingQueue<>();
    StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse reply) {
                    replies.add(reply);
                  }

                  @Override
                  public void onError(Throwable e) {}

                  @Override
                  public void onCompleted() {}
                });
    questions.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    ServerReflectionResponse reply = replies.poll(1, TimeUnit.MINUTES);
    questions.onCompleted();
    assertThat(reply).isNotNull();
    assertThat(reply.getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains("optuna.StorageService", "grpc.health.v1.Health");
  }

  @Test
  void aStudyMayHaveNoName() {
    long nameless = study("");
    assertThat(
            client.getStudyIdFromName(GetStudyIdFromNameRequest.getDefaultInstance()).getStudyId())
        .isEqualTo(nameless);
    study = nameless;
    assertThat(complete(trial(), 1)).isTrue();
  }

  @Test
  void onlyThoseWithTheTokenAreLetInAndTheLineIsEncrypted() throws Exception {
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    OwnCertificate.write(certificate, key);
    serveAnew(OPTIONS.withToken("secret").withTls(new OptunaServerOptions.Tls(certificate, key)));
    ManagedChannel encrypted =
        NettyChannelBuilder.forAddress("localhost", server.port())
            .sslContext(GrpcSslContexts.forClient().trustManager(certificate.toFile()).build())
            .build();
    try {
      StorageServiceBlockingStub without =
          StorageServiceGrpc.newBlockingStub(encrypted).withDeadlineAfter(2, TimeUnit.MINUTES);
      GetTrialsRequest request = GetTrialsRequest.newBuilder().setStudyId(study).build();
      refused(Status.Code.UNAUTHENTICATED, () -> without.getTrials(request));
      refused(Status.Code.UNAUTHENTICATED, () -> with(without, "Bearer secre").getTrials(request));
      assertThat(with(without, "Bearer secret").getTrials(request).getTrialsList()).isEmpty();
      assertThat(
              HealthGrpc.newBlockingStub(encrypted)
                  .check(HealthCheckRequest.getDefaultInstance())
                  .getStatus())
          .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
      refused(Status.Code.UNAVAILABLE, this::trial);
    } finally {
      encrypted.shutdownNow();
    }
  }

  private static StorageServiceBlockingStub with(StorageServiceBlockingStub stub, String header) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), header);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    OptunaServerOptions taken = OPTIONS.at("localhost", server.port());
    assertThatThrownBy(() -> OptunaServer.start(store, taken))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("cannot listen at localhost:%d: ".formatted(server.port()));
  }
}
