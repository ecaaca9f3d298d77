package dev.assay.engine.pruner;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.Block;
import dev.assay.storage.Direction;
import java.util.List;

/**
 * Settings of the patient pruner, which asks another one only when a trial has not become better
 * for some steps.
 *
 * @param wrapped {@code wrapped_pruner}: the other one
 * @param patience how many of the last reports may be without an improvement
 * @param minDelta {@code min_delta}: how much better than before one of the last reports must be to
 *     keep the trial, at least 0
 */
public record PatientSettings(PrunerSettings wrapped, long patience, double minDelta)
    implements PrunerSettings {
  /** Gives up whatever it is asked about. */
  private static final PrunerSettings ALWAYS = study -> (curves, trial) -> true;

  public PatientSettings {
    requireNonNull(wrapped, "wrapped is null");
    PrunerException.unlessAtLeast(0, "patience", patience);
    if (!(minDelta >= 0)) {
      throw new PrunerException(
          "min_delta is %s, expected a number of at least 0".formatted(minDelta));
    }
  }

  /** Gives a trial up when it has lost patience with it. */
  public static PatientSettings of(long patience) {
    return new PatientSettings(ALWAYS, patience, 0);
  }

  /** These settings with a pruner to ask when patience is at an end. */
  public PatientSettings withWrapped(PrunerSettings other) {
    return new PatientSettings(other, patience, minDelta);
  }

  /** These settings with another least improvement. */
  public PatientSettings withMinDelta(double other) {
    return new PatientSettings(wrapped, patience, other);
  }

  static PatientSettings read(Block options) {
    Double minDelta = options.realOrNull("min_delta");
    return new PatientSettings(
        wrapped(options), options.whole("patience"), minDelta == null ? 0 : minDelta);
  }

  /** By its name, or with its options beside {@code type} or {@code name}, or under kwargs. */
  private static PrunerSettings wrapped(Block options) {
    String option = "wrapped_pruner";
    JsonNode said = options.member(option);
    if (said == null || said.isNull()) {
      return ALWAYS;
    }
    ObjectNode mapping =
        said.isTextual()
            ? JsonNodeFactory.instance.objectNode().set("type", said)
            : requireNonNull(options.mappingOrNull(option), option);
    Block outer = inner(option, mapping, options);
    String type = outer.textOrNull("type");
    String name = type == null ? outer.textOrNull("name") : type;
    if (name == null) {
      throw options.problem(option, "has no type, expected the name of a pruner");
    }
    ObjectNode kwargs = outer.mappingOrNull("kwargs");
    Block own = kwargs == null ? outer : inner(option + ".kwargs", kwargs, options);
    PrunerSettings made = Pruners.named(name, own);
    List<String> unknown = own.unknown();
    if (!unknown.isEmpty()) {
      throw options.problem(option, "has %s, which that pruner does not know".formatted(unknown));
    }
    return made;
  }

  private static Block inner(String path, ObjectNode mapping, Block options) {
    return new Block(mapping, (name, is) -> options.problem(path + "." + name, is));
  }

  @Override
  public Pruner create(String study) {
    return new PatientPruner(wrapped.create(study), this);
  }

  /** As pure as the pruner that it asks. */
  private record PatientPruner(Pruner asked, PatientSettings settings) implements Pruner {
    @Override
    public boolean prunes(Curves curves, Curve trial) {
      return isStuck(trial, curves.direction()) && asked.prunes(curves, trial);
    }

    @Override
    public boolean comparesSteps() {
      return asked.comparesSteps();
    }

    private boolean isStuck(Curve trial, Direction direction) {
      long before = trial.size() - settings.patience - 1;
      if (before <= 0) {
        return false;
      }
      double sign = direction == Direction.MINIMIZE ? 1 : -1;
      double least = least(trial, 0, (int) before, sign);
      return least + settings.minDelta < least(trial, (int) before, trial.size(), sign);
    }

    private static double least(Curve trial, int from, int to, double sign) {
      double least = Double.NaN;
      for (int i = from; i < to; i++) {
        double value = sign * trial.value(i);
        least = value >= least || Double.isNaN(value) ? least : value;
      }
      return least;
    }
  }
}
