package dev.assay.engine.cli;

import dev.assay.engine.StudyFile;
import dev.assay.engine.space.Parameter;
import dev.assay.engine.space.SearchSpace;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** What a study's search space gives reason to warn of; most of it the legacy optimizer's. */
final class SpaceWarnings {
  private static final BigInteger FEW = BigInteger.TEN;
  private static final BigInteger MANY = BigInteger.valueOf(1_000_000);
  private static final double NARROW_SHARE = 0.7;
  private static final double WIDE_RATIO = 1000;
  private static final int SHOWN = 5;

  private final StudyFile study;
  private final SearchSpace space;
  private final List<StudyWarning> warnings = new ArrayList<>();

  SpaceWarnings(StudyFile study) {
    this.study = study;
    this.space = study.space();
  }

  List<StudyWarning> list() {
    if (space.parameters().isEmpty()) {
      warn("nothing-varies", "all parameters are fixed: give at least one a range or a list");
      return warnings;
    }
    size();
    named(
        "one-value",
        parameter -> parameter.count() == 1,
        "can take one value only: widen it, or declare it as fixed");
    narrow();
    cutShort();
    named(
        "log-range",
        SpaceWarnings::isWideOnALine,
        "spans %d times its low end on a linear scale, of which nearly all is near the high end: add log: true"
            .formatted((int) WIDE_RATIO));
    return warnings;
  }

  private void size() {
    BigInteger size = space.size();
    if (size == null) {
      return;
    }
    boolean grid = isGrid();
    Long trials = study.maxTrials();
    if (size.compareTo(FEW) < 0) {
      warn(
          "small-space",
          "the space has %d combinations, fewer than %d: add parameters, widen ranges or make steps smaller"
              .formatted(size, FEW));
    }
    if (grid && trials == null && size.compareTo(MANY) > 0) {
      warn(
          "large-grid",
          "the grid has %d combinations: set trials, make steps wider, or take another sampler"
              .formatted(size));
    }
    if (trials == null) {
      return;
    }
    BigInteger asked = BigInteger.valueOf(trials);
    if (grid && asked.compareTo(size) < 0) {
      warn(
          "grid-cut-short",
          "the grid has %d combinations but %d trials are asked for: the parameters that are declared first hardly vary"
              .formatted(size, trials));
    } else if (asked.compareTo(size) > 0) {
      warn(
          "more-trials-than-combinations",
          "%d trials are asked for but there are %d combinations: the run ends when all are evaluated"
              .formatted(trials, size));
    } else if (!grid && asked.shiftLeft(1).compareTo(size) > 0) {
      warn(
          "duplicates-likely",
          "%d trials are asked for of %d combinations: many proposals will be known already; widen ranges, make steps smaller, or take the grid sampler"
              .formatted(trials, size));
    }
  }

  private boolean isGrid() {
    return study.sampler().name().toLowerCase(Locale.ROOT).startsWith("grid");
  }

  private void narrow() {
    List<Parameter> discrete =
        space.parameters().stream().filter(each -> Double.isFinite(each.count())).toList();
    List<String> narrow =
        discrete.stream().filter(each -> each.count() <= 2).map(Parameter::path).toList();
    if (narrow.size() > NARROW_SHARE * discrete.size()) {
      warn(
          "narrow-parameters",
          "%d of %d parameters with countable values have at most 2 of them: %s"
              .formatted(narrow.size(), discrete.size(), some(narrow)));
    }
  }

  private void cutShort() {
    List<String> cut =
        space.parameters().stream()
            .filter(each -> space.cutShort().contains(each.path()))
            .map(each -> "%s ends at %s".formatted(each.path(), Numbers.shown(each.high())))
            .toList();
    if (!cut.isEmpty()) {
      warn(
          "step-does-not-divide",
          "the step does not reach the high end: %s".formatted(String.join(", ", cut)));
    }
  }

  private static boolean isWideOnALine(Parameter parameter) {
    return !parameter.isCategorical()
        && !parameter.isLog()
        && parameter.low() > 0
        && parameter.count() > WIDE_RATIO
        && parameter.high() / parameter.low() >= WIDE_RATIO;
  }

  private void named(String code, Predicate<Parameter> concerned, String what) {
    List<String> names =
        space.parameters().stream().filter(concerned).map(Parameter::path).toList();
    if (!names.isEmpty()) {
      warn(code, some(names) + " " + what);
    }
  }

  private static String some(List<String> names) {
    return names.size() <= SHOWN
        ? String.join(", ", names)
        : "%s and %d more"
            .formatted(String.join(", ", names.subList(0, SHOWN)), names.size() - SHOWN);
  }

  private void warn(String code, String message) {
    warnings.add(new StudyWarning(code, message));
  }
}
