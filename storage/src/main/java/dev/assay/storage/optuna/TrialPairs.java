package dev.assay.storage.optuna;

import dev.assay.storage.FrozenTrial;
import dev.assay.storage.migrate.LinkableRun;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which trial of a study is of which file of a run.
 *
 * @param offset what a file's number is above Optuna's
 * @param byFile trials by the file's name
 * @param unpaired how many files have none, by the reason
 */
record TrialPairs(long offset, Map<String, TrialTrace> byFile, Map<String, Long> unpaired) {
  /** How the legacy system counts: its first file is of Optuna's trial 0. */
  private static final long USUAL = 1;

  private static final Pattern NUMBER = Pattern.compile("trial_(\\d{1,18})\\D.*");

  private static final class Votes {
    private long same;
    private long other;

    void count(TrialTrace.Verdict verdict) {
      same += verdict == TrialTrace.Verdict.SAME ? 1 : 0;
      other += verdict == TrialTrace.Verdict.OTHER ? 1 : 0;
    }
  }

  /**
   * Pairs a run's files with trials. The usual offset holds where parameters confirm it and none
   * contradicts; else the one offset under which all that can be compared agree; else the usual one
   * where it is right more often than not.
   *
   * @param taken numbers that are other runs'
   * @throws RefusedException where no offset, or more than one, makes the parameters agree
   */
  static TrialPairs of(LinkableRun run, Collection<TrialTrace> traces, Set<Long> taken)
      throws RefusedException {
    Map<Long, TrialTrace> byNumber = new HashMap<>();
    for (TrialTrace trace : traces) {
      if (!taken.contains(trace.number())) {
        byNumber.put(trace.number(), trace);
      }
    }
    Votes usual = new Votes();
    run.forEachTrial(
        file -> {
          Long number = numberOf(file);
          TrialTrace trace = number == null ? null : byNumber.get(number - USUAL);
          if (trace != null) {
            usual.count(trace.compare(file));
          }
        });
    if (usual.same > 0 && usual.other == 0) {
      return pair(run, byNumber, taken, USUAL);
    }
    List<Long> offsets = agreeing(run, byNumber.values());
    if (offsets.size() == 1) {
      return pair(run, byNumber, taken, offsets.get(0));
    }
    if (usual.same > usual.other) {
      return pair(run, byNumber, taken, USUAL);
    }
    throw new RefusedException(
        offsets.isEmpty()
            ? "no numbering makes the parameters of the files and of Optuna's trials agree"
            : "the files agree with Optuna's trials when their numbers are counted from %s; nothing tells which is right"
                .formatted(offsets));
  }

  /** The offsets under which nothing contradicts and most files are confirmed. */
  private static List<Long> agreeing(LinkableRun run, Collection<TrialTrace> traces) {
    Map<Long, Votes> votes = new TreeMap<>();
    long[] files = {0};
    run.forEachTrial(
        file -> {
          files[0]++;
          Long number = numberOf(file);
          if (number == null) {
            return;
          }
          for (TrialTrace trace : traces) {
            votes
                .computeIfAbsent(number - trace.number(), offset -> new Votes())
                .count(trace.compare(file));
          }
        });
    // A few may agree by chance.
    long most = files[0] / 2 + 1;
    List<Long> best = new ArrayList<>();
    for (Map.Entry<Long, Votes> vote : votes.entrySet()) {
      if (vote.getValue().other == 0 && vote.getValue().same >= most) {
        if (vote.getValue().same > most) {
          best.clear();
        }
        most = vote.getValue().same;
        best.add(vote.getKey());
      }
    }
    return best;
  }

  private static TrialPairs pair(
      LinkableRun run, Map<Long, TrialTrace> byNumber, Set<Long> taken, long offset) {
    Map<String, TrialTrace> byFile = new LinkedHashMap<>();
    Map<String, Long> unpaired = new TreeMap<>();
    Set<Long> used = new HashSet<>();
    run.forEachTrial(
        file -> {
          Long number = numberOf(file);
          TrialTrace trace = number == null ? null : byNumber.get(number - offset);
          String why = whyNot(file, number, trace, taken, used, offset);
          if (why == null && trace != null && file.trialFile() != null) {
            used.add(trace.number());
            byFile.put(file.trialFile(), trace);
          } else if (why != null) {
            unpaired.merge(why, 1L, Long::sum);
          }
        });
    return new TrialPairs(offset, byFile, unpaired);
  }

  private static @Nullable String whyNot(
      FrozenTrial file,
      @Nullable Long number,
      @Nullable TrialTrace trace,
      Set<Long> taken,
      Set<Long> used,
      long offset) {
    if (number == null) {
      return "no number in the file's name";
    }
    if (trace == null) {
      return taken.contains(number - offset)
          ? "Optuna's trial belongs to another run"
          : "no such trial in Optuna";
    }
    if (used.contains(trace.number())) {
      return "another file has the same number";
    }
    return switch (trace.compare(file)) {
      case SAME -> null;
      case OTHER -> "Optuna's trial of this number has other parameters or took another time";
      case UNKNOWN -> "no parameters to confirm the number by";
    };
  }

  private static @Nullable Long numberOf(FrozenTrial file) {
    String name = file.trialFile();
    Matcher number = NUMBER.matcher(name == null ? "" : name);
    return number.matches() ? (Long) Long.parseLong(number.group(1)) : null;
  }
}
