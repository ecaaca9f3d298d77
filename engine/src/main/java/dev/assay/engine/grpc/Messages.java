package dev.assay.engine.grpc;

import dev.assay.engine.grpc.wire.Study;
import dev.assay.engine.grpc.wire.StudyDirection;
import dev.assay.engine.grpc.wire.Trial;
import dev.assay.storage.Direction;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.ProtocolStudy;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The store's studies and trials as the protocol's messages, and back. Immutable. */
record Messages(WireTime time) {

  /**
   * @throws InvalidCallException where a direction is none
   */
  static List<Direction> directions(List<StudyDirection> directions) {
    return directions.stream()
        .map(
            direction ->
                switch (direction) {
                  case MINIMIZE -> Direction.MINIMIZE;
                  case MAXIMIZE -> Direction.MAXIMIZE;
                  case UNRECOGNIZED ->
                      throw new InvalidCallException(
                          "a direction is not known, expected MINIMIZE (0) or MAXIMIZE (1)");
                })
        .toList();
  }

  static List<StudyDirection> wireDirections(List<Direction> directions) {
    return directions.stream().map(direction -> StudyDirection.valueOf(direction.name())).toList();
  }

  static Study study(ProtocolStudy study) {
    return Study.newBuilder()
        .setStudyId(study.id())
        .setStudyName(study.name())
        .addAllDirections(wireDirections(study.directions()))
        .putAllUserAttributes(study.userAttrs())
        .putAllSystemAttributes(study.systemAttrs())
        .build();
  }

  /**
   * @throws InvalidCallException where the state is none
   */
  static TrialState state(dev.assay.engine.grpc.wire.TrialState state) {
    if (state == dev.assay.engine.grpc.wire.TrialState.UNRECOGNIZED) {
      throw new InvalidCallException(
          "the trial's state is not known, expected RUNNING (0), COMPLETE (1), PRUNED (2), FAIL (3) or WAITING (4)");
    }
    return TrialState.valueOf(state.name());
  }

  Trial trial(LiveTrial trial) {
    Trial.Builder message =
        Trial.newBuilder()
            .setTrialId(trial.id())
            .setNumber(trial.number())
            .setState(dev.assay.engine.grpc.wire.TrialState.valueOf(trial.state().name()))
            .addAllValues(trial.values())
            .setDatetimeStart(time.text(trial.start()))
            .setDatetimeComplete(time.text(trial.complete()))
            .putAllUserAttributes(trial.userAttrs())
            .putAllSystemAttributes(trial.systemAttrs())
            .putAllIntermediateValues(trial.intermediateValues());
    for (LiveTrial.Param param : trial.params()) {
      message.putParams(param.name(), param.internal());
      message.putDistributions(param.name(), param.distribution());
    }
    return message.build();
  }

  /**
   * A client's template of a trial; its id and number say nothing.
   *
   * @throws InvalidCallException where there can be no such trial
   */
  LiveTrial template(long studyId, Trial message) {
    if (!message.getParamsMap().keySet().equals(message.getDistributionsMap().keySet())) {
      throw new InvalidCallException(
          "the trial has params %s and distributions %s, expected the same names"
              .formatted(message.getParamsMap().keySet(), message.getDistributionsMap().keySet()));
    }
    List<LiveTrial.Param> params = new ArrayList<>();
    for (Map.Entry<String, Double> param : message.getParamsMap().entrySet()) {
      params.add(
          new LiveTrial.Param(
              param.getKey(), param.getValue(), message.getDistributionsOrThrow(param.getKey())));
    }
    return new LiveTrial(
        message.getTrialId(),
        studyId,
        message.getNumber(),
        state(message.getState()),
        message.getValuesList(),
        time.moment("datetime_start", message.getDatetimeStart()),
        time.moment("datetime_complete", message.getDatetimeComplete()),
        params,
        message.getUserAttributesMap(),
        message.getSystemAttributesMap(),
        new TreeMap<>(message.getIntermediateValuesMap()));
  }
}
