package dev.assay.engine.grpc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.assay.engine.grpc.wire.GetTrialReply;
import dev.assay.engine.grpc.wire.GetTrialsReply;
import dev.assay.engine.grpc.wire.GetTrialsRequest;
import dev.assay.storage.LiveStudy;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.LiveTrials;
import dev.assay.storage.NoSuchStudyException;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Answers which trials a study has, from memory but for what is not at hand: at each call the store
 * says which trials have not finished, and all others are as they were. A reply is one moment of
 * the study: with a trial in reach, all of lower numbers are. Safe to share between threads.
 */
final class TrialLists {
  /** The ids of so many studies' trials are remembered, of those used last. */
  private static final int STUDIES = 1000;

  /** So many single reads take about as long as reading what lies between. */
  private static final int SINGLE_READS = 32;

  private final LiveTrials trials;
  private final TrialBytes bytes;
  private final Cache<Long, StudyIds> ids = Caffeine.newBuilder().maximumSize(STUDIES).build();

  TrialLists(LiveTrials trials, TrialBytes bytes) {
    this.trials = trials;
    this.bytes = bytes;
  }

  /** The trials above the request's bound, and those that it names, by their ids. */
  GetTrialsReply of(GetTrialsRequest request) {
    LiveStudy study = study(request.getStudyId());
    StudyIds known = ids.get(study.studyId(), id -> new StudyIds());
    known.extend(trials, study, bytes::of);
    int[] numbers = numbers(study, known, request);
    SortedMap<Integer, Integer> missing = new TreeMap<>();
    ByteString[] encoded = new ByteString[numbers.length];
    for (int place = 0; place < numbers.length; place++) {
      LiveTrial unfinished = study.unfinished().get((long) numbers[place]);
      encoded[place] =
          unfinished == null ? bytes.finished(known.of(numbers[place])) : bytes.of(unfinished);
      if (encoded[place] == null) {
        missing.put(numbers[place], place);
      }
    }
    read(study, known, missing, encoded);
    return GetTrialsReply.newBuilder()
        .setUnknownFields(encodedTrials(GetTrialsReply.TRIALS_FIELD_NUMBER, encoded))
        .build();
  }

  /** One trial as it is now. */
  GetTrialReply one(long trialId) {
    return GetTrialReply.newBuilder()
        .setUnknownFields(
            encodedTrials(GetTrialReply.TRIAL_FIELD_NUMBER, bytes.of(trials.get(trialId))))
        .build();
  }

  private LiveStudy study(long studyId) {
    try {
      return trials.study(studyId);
    } catch (NoSuchStudyException e) {
      ids.invalidate(studyId);
      throw e;
    }
  }

  private static int[] numbers(LiveStudy study, StudyIds known, GetTrialsRequest request) {
    int first = known.firstAbove(request.getTrialIdGreaterThan());
    IntStream named =
        request.getIncludedTrialIdsList().stream()
            .mapToInt(known::numberOf)
            .filter(number -> number >= 0 && number < first)
            .sorted()
            .distinct();
    return IntStream.concat(named, IntStream.range(first, (int) study.trials())).toArray();
  }

  /**
   * Reads finished trials that are not at hand.
   *
   * @param missing their places in {@code encoded} by their numbers
   */
  private void read(
      LiveStudy study, StudyIds known, SortedMap<Integer, Integer> missing, ByteString[] encoded) {
    if (missing.size() <= SINGLE_READS) {
      missing.forEach((number, place) -> encoded[place] = bytes.of(trials.get(known.of(number))));
      return;
    }
    trials.forEachFinished(
        study,
        missing.firstKey(),
        trial -> {
          Integer place = missing.get((int) trial.number());
          if (place != null) {
            encoded[place] = bytes.of(trial);
          }
        });
  }

  /** On the wire a field of encoded messages is what one of messages is. */
  private static UnknownFieldSet encodedTrials(int fieldNumber, ByteString... encoded) {
    UnknownFieldSet.Field.Builder field = UnknownFieldSet.Field.newBuilder();
    Arrays.stream(encoded).forEach(field::addLengthDelimited);
    return UnknownFieldSet.newBuilder().addField(fieldNumber, field.build()).build();
  }
}
