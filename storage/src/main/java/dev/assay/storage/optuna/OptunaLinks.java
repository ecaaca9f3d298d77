package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.migrate.Finding;
import dev.assay.storage.migrate.LinkReport;
import dev.assay.storage.migrate.LinkableRun;
import dev.assay.storage.migrate.RunLink;
import dev.assay.storage.migrate.RunLinks;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the trials of run folders in Optuna databases: by the database's name and the study's name
 * in {@code run_meta.json}, by the number in the file's name, and by the parameters, which have to
 * agree. Where that is not clear nothing is linked. What is known of a linked study's trials while
 * its run comes in is in memory: some kilobytes each. Not safe to share between threads.
 */
public final class OptunaLinks implements RunLinks {
  private final ZoneId zone;
  private final List<OptunaSource.SqliteFile> databases = new ArrayList<>();
  private final Map<Place, Linked> studies = new HashMap<>();

  /** A study, by its source and its name there. */
  private record Place(String source, String study) {}

  /** What runs have of a study. */
  private static final class Linked {
    private final List<String> runs = new ArrayList<>();
    private final Set<Long> numbers = new HashSet<>();
    private @Nullable ClockOffset clock;
  }

  /**
   * @param zone of times that say none
   */
  public OptunaLinks(ZoneId zone) {
    this.zone = zone;
  }

  /**
   * Runs may have trials in this file.
   *
   * @param file its real path
   */
  public void addFile(Path file) {
    databases.add(new OptunaSource.SqliteFile(file));
  }

  @Override
  public boolean covers(ObjectNode meta) {
    NamedStudy named = NamedStudy.of(meta);
    return named != null && !named(named.database()).isEmpty();
  }

  private List<OptunaSource.SqliteFile> named(String database) {
    return databases.stream().filter(one -> isSameName(one.file(), database)).toList();
  }

  private static boolean isSameName(Path file, String database) {
    Path name = file.getFileName();
    return name != null && name.toString().equalsIgnoreCase(database);
  }

  /** The same links, silent on runs that name no database of Optuna's. */
  public RunLinks ofRunsInOptuna() {
    return new RunsInOptuna(this);
  }

  private record RunsInOptuna(OptunaLinks links) implements RunLinks {
    @Override
    public RunLink open(LinkableRun run) {
      ObjectNode meta = run.meta();
      return meta == null || NamedStudy.of(meta) == null
          ? new RunLink.Unlinked(null)
          : links.open(run);
    }

    @Override
    public boolean covers(ObjectNode meta) {
      return links.covers(meta);
    }
  }

  @Override
  public RunLink open(LinkableRun run) {
    ObjectNode meta = run.meta();
    NamedStudy named = meta == null ? null : NamedStudy.of(meta);
    if (meta == null || named == null) {
      return new RunLink.Unlinked("its run_meta.json names no Optuna database");
    }
    List<OptunaLink> found = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    for (OptunaSource source : named(named.database())) {
      try {
        OptunaLink link = open(run, meta, source, named.study());
        if (link == null) {
          reasons.add("%s has no study '%s'".formatted(source.name(), named.study()));
        } else {
          found.add(link);
        }
      } catch (RefusedException e) {
        reasons.add(source.name() + ": " + e.reason());
      } catch (IOException | SQLException e) {
        reasons.add("%s cannot be read: %s".formatted(source.name(), e.getMessage()));
      }
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    found.forEach(OptunaLink::close);
    if (!found.isEmpty()) {
      return new RunLink.Unlinked(
          "%d of the databases called %s have its trials; give one of them"
              .formatted(found.size(), named.database()));
    }
    return new RunLink.Unlinked(
        reasons.isEmpty()
            ? "its Optuna database %s is not among the sources; give it, too"
                .formatted(named.database())
            : String.join("; ", reasons));
  }

  private @Nullable OptunaLink open(
      LinkableRun run, ObjectNode meta, OptunaSource source, String name)
      throws IOException, SQLException, RefusedException {
    LinkedStudy study = LinkedStudy.open(source, name);
    if (study == null) {
      return null;
    }
    OptunaLink link = null;
    try {
      Linked before = studies.get(new Place(source.name(), name));
      TrialPairs pairs =
          TrialPairs.of(run, study.traces(), before == null ? Set.of() : before.numbers);
      ClockOffset clock = ClockOffset.of(meta, pairs.byFile().values());
      link = new OptunaLink(this, run.study(), study, pairs, zone, clock);
      return link;
    } finally {
      if (link == null) {
        study.close();
      }
    }
  }

  /** These trials of the study are a run's. */
  void add(
      LinkedStudy study, String run, Collection<TrialTrace> trials, @Nullable ClockOffset clock) {
    Linked linked =
        studies.computeIfAbsent(
            new Place(study.source(), study.row().name()), place -> new Linked());
    linked.runs.add(run);
    trials.forEach(trial -> linked.numbers.add(trial.number()));
    linked.clock = linked.clock == null ? clock : linked.clock;
  }

  /** The runs whose trials were found in a study. */
  List<String> runsOf(String source, String study) {
    Linked linked = studies.get(new Place(source, study));
    return linked == null ? List.of() : List.copyOf(linked.runs);
  }

  /** What its runs give away of a study's times. */
  List<Finding> findings(String source, StudyRow study) {
    Linked linked = studies.get(new Place(source, study.name()));
    return linked == null || linked.clock == null ? List.of() : linked.clock.advice(zone);
  }

  /** How many of a study's trials are files of runs; null where none is. */
  @Nullable LinkReport report(String source, StudyRow study) {
    Linked linked = studies.get(new Place(source, study.name()));
    if (linked == null) {
      return null;
    }
    long count = linked.numbers.size();
    return new LinkReport(
        linked.runs,
        null,
        count,
        study.trials() - count,
        Map.of(),
        linked.clock == null ? null : linked.clock.text(),
        null);
  }
}
