package dev.assay.engine.grpc;

import dev.assay.engine.grpc.wire.CreateNewStudyReply;
import dev.assay.engine.grpc.wire.CreateNewStudyRequest;
import dev.assay.engine.grpc.wire.CreateNewTrialReply;
import dev.assay.engine.grpc.wire.CreateNewTrialRequest;
import dev.assay.engine.grpc.wire.DeleteStudyReply;
import dev.assay.engine.grpc.wire.DeleteStudyRequest;
import dev.assay.engine.grpc.wire.GetAllStudiesReply;
import dev.assay.engine.grpc.wire.GetAllStudiesRequest;
import dev.assay.engine.grpc.wire.GetStudyDirectionsReply;
import dev.assay.engine.grpc.wire.GetStudyDirectionsRequest;
import dev.assay.engine.grpc.wire.GetStudyIdFromNameReply;
import dev.assay.engine.grpc.wire.GetStudyIdFromNameRequest;
import dev.assay.engine.grpc.wire.GetStudyNameFromIdReply;
import dev.assay.engine.grpc.wire.GetStudyNameFromIdRequest;
import dev.assay.engine.grpc.wire.GetStudySystemAttributesReply;
import dev.assay.engine.grpc.wire.GetStudySystemAttributesRequest;
import dev.assay.engine.grpc.wire.GetStudyUserAttributesReply;
import dev.assay.engine.grpc.wire.GetStudyUserAttributesRequest;
import dev.assay.engine.grpc.wire.GetTrialIdFromStudyIdTrialNumberReply;
import dev.assay.engine.grpc.wire.GetTrialIdFromStudyIdTrialNumberRequest;
import dev.assay.engine.grpc.wire.GetTrialReply;
import dev.assay.engine.grpc.wire.GetTrialRequest;
import dev.assay.engine.grpc.wire.GetTrialsReply;
import dev.assay.engine.grpc.wire.GetTrialsRequest;
import dev.assay.engine.grpc.wire.SetStudySystemAttributeReply;
import dev.assay.engine.grpc.wire.SetStudySystemAttributeRequest;
import dev.assay.engine.grpc.wire.SetStudyUserAttributeReply;
import dev.assay.engine.grpc.wire.SetStudyUserAttributeRequest;
import dev.assay.engine.grpc.wire.SetTrialIntermediateValueReply;
import dev.assay.engine.grpc.wire.SetTrialIntermediateValueRequest;
import dev.assay.engine.grpc.wire.SetTrialParameterReply;
import dev.assay.engine.grpc.wire.SetTrialParameterRequest;
import dev.assay.engine.grpc.wire.SetTrialStateValuesReply;
import dev.assay.engine.grpc.wire.SetTrialStateValuesRequest;
import dev.assay.engine.grpc.wire.SetTrialSystemAttributeReply;
import dev.assay.engine.grpc.wire.SetTrialSystemAttributeRequest;
import dev.assay.engine.grpc.wire.SetTrialUserAttributeReply;
import dev.assay.engine.grpc.wire.SetTrialUserAttributeRequest;
import dev.assay.engine.grpc.wire.StorageServiceGrpc;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.LiveTrials;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The calls of Optuna's storage protocol. Each is one call of the store, acknowledged when it is
 * committed, and refused as {@link Refusals} says. Safe to share between threads.
 *
 * <p>Where Optuna's own server does otherwise:
 *
 * <ul>
 *   <li>Bad input gets INVALID_ARGUMENT and nothing is stored: JSON that is none, an unknown state
 *       or direction, a parameter without a distribution or with an index that its choices do not
 *       have, NaN for an objective. There it is UNKNOWN, and NaN is stored and cannot be read.
 *   <li>An attribute may be as large as the server's largest message, not 4 MiB.
 *   <li>Ids of studies and trials are never used again.
 * </ul>
 */
final class StorageCalls extends StorageServiceGrpc.StorageServiceImplBase {
  private final LiveTrials trials;
  private final Messages messages;
  private final TrialLists lists;
  private final Silence silence;
  private final DuplicateCheck duplicates;
  private final CallLog log;
  private final Executor readers;

  /**
   * @param readers what may read a whole study runs on these threads, all else on its caller's
   */
  StorageCalls(
      LiveTrials trials,
      Messages messages,
      TrialLists lists,
      Silence silence,
      CallLog log,
      Executor readers) {
    this.trials = trials;
    this.messages = messages;
    this.lists = lists;
    this.silence = silence;
    this.duplicates = new DuplicateCheck(trials);
    this.log = log;
    this.readers = readers;
  }

  private <T> void answer(StreamObserver<T> observer, Supplier<T> call) {
    T reply;
    try {
      reply = call.get();
    } catch (RuntimeException e) {
      Status status = Refusals.of(e);
      log.refused(status, e);
      observer.onError(status.asRuntimeException());
      return;
    }
    observer.onNext(reply);
    observer.onCompleted();
  }

  @Override
  public void createNewStudy(
      CreateNewStudyRequest request, StreamObserver<CreateNewStudyReply> observer) {
    answer(
        observer,
        () -> {
          long id =
              trials.createStudy(
                  request.getStudyName(), Messages.directions(request.getDirectionsList()));
          return CreateNewStudyReply.newBuilder().setStudyId(id).build();
        });
  }

  @Override
  public void deleteStudy(DeleteStudyRequest request, StreamObserver<DeleteStudyReply> observer) {
    readers.execute(
        () ->
            answer(
                observer,
                () -> {
                  trials.deleteStudy(request.getStudyId());
                  return DeleteStudyReply.getDefaultInstance();
                }));
  }

  @Override
  public void setStudyUserAttribute(
      SetStudyUserAttributeRequest request, StreamObserver<SetStudyUserAttributeReply> observer) {
    answer(
        observer,
        () -> {
          trials.setStudyUserAttr(request.getStudyId(), request.getKey(), request.getValue());
          return SetStudyUserAttributeReply.getDefaultInstance();
        });
  }

  @Override
  public void setStudySystemAttribute(
      SetStudySystemAttributeRequest request,
      StreamObserver<SetStudySystemAttributeReply> observer) {
    answer(
        observer,
        () -> {
          trials.setStudySystemAttr(request.getStudyId(), request.getKey(), request.getValue());
          return SetStudySystemAttributeReply.getDefaultInstance();
        });
  }

  @Override
  public void getStudyIdFromName(
      GetStudyIdFromNameRequest request, StreamObserver<GetStudyIdFromNameReply> observer) {
    answer(
        observer,
        () -> {
          return GetStudyIdFromNameReply.newBuilder()
              .setStudyId(trials.studyIdOf(request.getStudyName()))
              .build();
        });
  }

  @Override
  public void getStudyNameFromId(
      GetStudyNameFromIdRequest request, StreamObserver<GetStudyNameFromIdReply> observer) {
    answer(
        observer,
        () -> {
          return GetStudyNameFromIdReply.newBuilder()
              .setStudyName(trials.protocolStudy(request.getStudyId()).name())
              .build();
        });
  }

  @Override
  public void getStudyDirections(
      GetStudyDirectionsRequest request, StreamObserver<GetStudyDirectionsReply> observer) {
    answer(
        observer,
        () -> {
          return GetStudyDirectionsReply.newBuilder()
              .addAllDirections(
                  Messages.wireDirections(trials.protocolStudy(request.getStudyId()).directions()))
              .build();
        });
  }

  @Override
  public void getStudyUserAttributes(
      GetStudyUserAttributesRequest request, StreamObserver<GetStudyUserAttributesReply> observer) {
    answer(
        observer,
        () -> {
          return GetStudyUserAttributesReply.newBuilder()
              .putAllUserAttributes(trials.protocolStudy(request.getStudyId()).userAttrs())
              .build();
        });
  }

  @Override
  public void getStudySystemAttributes(
      GetStudySystemAttributesRequest request,
      StreamObserver<GetStudySystemAttributesReply> observer) {
    answer(
        observer,
        () -> {
          return GetStudySystemAttributesReply.newBuilder()
              .putAllSystemAttributes(trials.protocolStudy(request.getStudyId()).systemAttrs())
              .build();
        });
  }

  @Override
  public void getAllStudies(
      GetAllStudiesRequest request, StreamObserver<GetAllStudiesReply> observer) {
    answer(
        observer,
        () -> {
          return GetAllStudiesReply.newBuilder()
              .addAllStudies(trials.studies().stream().map(Messages::study).toList())
              .build();
        });
  }

  @Override
  public void createNewTrial(
      CreateNewTrialRequest request, StreamObserver<CreateNewTrialReply> observer) {
    answer(
        observer,
        () -> {
          long studyId = request.getStudyId();
          LiveTrial template =
              request.getTemplateTrialIsNone()
                  ? null
                  : messages.template(studyId, request.getTemplateTrial());
          LiveTrial trial = trials.create(studyId, template);
          silence.heard(trial.id());
          return CreateNewTrialReply.newBuilder().setTrialId(trial.id()).build();
        });
  }

  @Override
  public void setTrialParameter(
      SetTrialParameterRequest request, StreamObserver<SetTrialParameterReply> observer) {
    answer(
        observer,
        () -> {
          silence.heard(request.getTrialId());
          trials.setParameter(
              request.getTrialId(),
              request.getParamName(),
              request.getParamValueInternal(),
              request.getDistribution());
          return SetTrialParameterReply.getDefaultInstance();
        });
  }

  @Override
  public void getTrialIdFromStudyIdTrialNumber(
      GetTrialIdFromStudyIdTrialNumberRequest request,
      StreamObserver<GetTrialIdFromStudyIdTrialNumberReply> observer) {
    answer(
        observer,
        () -> {
          return GetTrialIdFromStudyIdTrialNumberReply.newBuilder()
              .setTrialId(trials.idOf(request.getStudyId(), request.getTrialNumber()))
              .build();
        });
  }

  @Override
  public void setTrialStateValues(
      SetTrialStateValuesRequest request, StreamObserver<SetTrialStateValuesReply> observer) {
    answer(
        observer,
        () -> {
          silence.heard(request.getTrialId());
          boolean updated =
              trials.setState(
                  request.getTrialId(),
                  Messages.state(request.getState()),
                  request.getValuesList());
          return SetTrialStateValuesReply.newBuilder().setTrialUpdated(updated).build();
        });
  }

  @Override
  public void setTrialIntermediateValue(
      SetTrialIntermediateValueRequest request,
      StreamObserver<SetTrialIntermediateValueReply> observer) {
    answer(
        observer,
        () -> {
          silence.heard(request.getTrialId());
          trials.setIntermediateValue(
              request.getTrialId(), request.getStep(), request.getIntermediateValue());
          return SetTrialIntermediateValueReply.getDefaultInstance();
        });
  }

  @Override
  public void setTrialUserAttribute(
      SetTrialUserAttributeRequest request, StreamObserver<SetTrialUserAttributeReply> observer) {
    answer(
        observer,
        () -> {
          silence.heard(request.getTrialId());
          trials.setUserAttr(request.getTrialId(), request.getKey(), request.getValue());
          duplicates.attributeSet(request.getTrialId(), request.getKey());
          return SetTrialUserAttributeReply.getDefaultInstance();
        });
  }

  @Override
  public void setTrialSystemAttribute(
      SetTrialSystemAttributeRequest request,
      StreamObserver<SetTrialSystemAttributeReply> observer) {
    answer(
        observer,
        () -> {
          silence.heard(request.getTrialId());
          trials.setSystemAttr(request.getTrialId(), request.getKey(), request.getValue());
          return SetTrialSystemAttributeReply.getDefaultInstance();
        });
  }

  @Override
  public void getTrial(GetTrialRequest request, StreamObserver<GetTrialReply> observer) {
    answer(
        observer,
        () -> {
          silence.heard(request.getTrialId());
          return lists.one(request.getTrialId());
        });
  }

  @Override
  public void getTrials(GetTrialsRequest request, StreamObserver<GetTrialsReply> observer) {
    readers.execute(() -> answer(observer, () -> lists.of(request)));
  }
}
