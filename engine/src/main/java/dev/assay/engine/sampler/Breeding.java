package dev.assay.engine.sampler;

import dev.assay.engine.sampler.Nsga2Settings.Crossover;
import dev.assay.engine.sampler.Nsga2Settings.Mutation;
import dev.assay.engine.space.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Makes children of parents: by tournament, crossover and mutation. Immutable. */
final class Breeding {
  /** How close SBX keeps a child to its parents with several objectives, and mutation a number. */
  private static final double ETA_CLOSE = 20;

  private static final double ETA_SINGLE = 2;

  private final Nsga2Settings settings;
  private final List<Parameter> parameters;
  private final int[] numbers;
  private final double mutationProb;
  private final double eta;

  Breeding(Nsga2Settings settings, List<Parameter> parameters, boolean severalObjectives) {
    this.settings = settings;
    this.parameters = parameters;
    this.numbers =
        IntStream.range(0, parameters.size())
            .filter(p -> !parameters.get(p).isCategorical())
            .toArray();
    Double given = settings.mutationProb();
    this.mutationProb = given == null ? 1.0 / Math.max(1, parameters.size()) : given;
    this.eta = severalObjectives ? ETA_CLOSE : ETA_SINGLE;
  }

  /** A child's numbers, one for each parameter. */
  double[] child(Population population, RandomGenerator random) {
    int[] parents;
    double[] child;
    if (Draws.unit(random) < settings.crossoverProb()) {
      parents = parents(population, random);
      child = crossed(population, parents, random);
    } else {
      parents = new int[] {Draws.below(population.size(), random)};
      child = population.values(parents[0]).clone();
    }
    int mutations = 0;
    for (int p = 0; p < child.length; p++) {
      if (Double.isNaN(child[p])) {
        child[p] = parameters.get(p).draw(random);
      } else if (Draws.unit(random) < mutationProb) {
        child[p] = mutated(p, child[p], random);
        mutations++;
      }
    }
    // A copy would only repeat its parent's outcome.
    if (mutations == 0 && isCopy(child, population, parents)) {
      int p = Draws.below(child.length, random);
      child[p] = mutated(p, child[p], random);
    }
    return child;
  }

  private static boolean isCopy(double[] child, Population population, int[] parents) {
    for (int parent : parents) {
      if (Arrays.equals(child, population.values(parent))) {
        return true;
      }
    }
    return false;
  }

  /** Different ones, each the better of two. */
  private int[] parents(Population population, RandomGenerator random) {
    int[] parents = new int[settings.crossover().parents];
    int[] left = IntStream.range(0, population.size()).toArray();
    for (int i = 0; i < parents.length; i++) {
      int count = left.length - i;
      int a = Draws.below(count, random);
      int b = Draws.below(count, random);
      int winner = population.better(left[a], left[b]) ? a : b;
      parents[i] = left[winner];
      left[winner] = left[count - 1];
    }
    return parents;
  }

  private double[] crossed(Population population, int[] parents, RandomGenerator random) {
    double[] first = population.values(parents[0]);
    double[] last = population.values(parents[parents.length - 1]);
    double[] child =
        Crossing.uniform(new double[][] {first, last}, settings.swappingProb(), random);
    for (int p = 0; p < child.length; p++) {
      if (Double.isNaN(child[p])) {
        child[p] = Double.isNaN(first[p]) ? last[p] : first[p];
      }
    }
    if (settings.crossover() != Crossover.UNIFORM && numbers.length > 0) {
      double[][] units = units(population, parents, random);
      double[] crossed = crossed(units, random);
      for (int i = 0; i < numbers.length; i++) {
        int p = numbers[i];
        boolean firsts = crossed[i] == units[0][i] && !Double.isNaN(first[p]);
        boolean lasts = crossed[i] == units[units.length - 1][i] && !Double.isNaN(last[p]);
        child[p] = firsts ? first[p] : lasts ? last[p] : fromUnit(p, crossed[i]);
      }
    }
    return child;
  }

  private double[] crossed(double[][] units, RandomGenerator random) {
    return switch (settings.crossover()) {
      case UNIFORM -> Crossing.uniform(units, settings.swappingProb(), random);
      case BLXALPHA -> Crossing.blend(units, random);
      case SBX -> Crossing.sbx(units, eta, random);
      case VSBX -> Crossing.vsbx(units, eta, random);
      case SPX -> Crossing.spx(units, random);
      case UNDX -> Crossing.undx(units, random);
    };
  }

  /** The parents' numbers alone; for one that took no part another parent's, or any. */
  private double[][] units(Population population, int[] parents, RandomGenerator random) {
    double[][] units = new double[parents.length][numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      double known = Double.NaN;
      for (int parent : parents) {
        double unit = population.units(parent)[numbers[i]];
        known = Double.isNaN(unit) ? known : unit;
      }
      double instead = Double.isNaN(known) ? Draws.unit(random) : known;
      for (int k = 0; k < parents.length; k++) {
        double unit = population.units(parents[k])[numbers[i]];
        units[k][i] = Double.isNaN(unit) ? instead : unit;
      }
    }
    return units;
  }

  /** What lies outside comes to lie on the edge. */
  private double fromUnit(int p, double unit) {
    return parameters.get(p).fromUnit(Math.min(1, Math.max(0, unit)));
  }

  private double mutated(int p, double value, RandomGenerator random) {
    Parameter parameter = parameters.get(p);
    if (parameter.isCategorical()) {
      int choices = (int) parameter.count();
      return choices == 1 ? value : (value + 1 + Draws.below(choices - 1, random)) % choices;
    }
    if (settings.mutation() == Mutation.UNIFORM) {
      return parameter.draw(random);
    }
    double shift = shift(parameter.toUnit(value), Draws.unit(random));
    double mutated = fromUnit(p, parameter.toUnit(value) + shift);
    if (mutated != value || parameter.step() == 0) {
      return mutated;
    }
    double neighbour = Math.copySign(parameter.step(), shift);
    double next = parameter.nearest(value + neighbour);
    return next == value ? parameter.nearest(value - neighbour) : next;
  }

  /** The shift of polynomial mutation, which stays between 0 and 1. */
  private static double shift(double unit, double chance) {
    boolean down = chance <= 0.5;
    double u = down ? chance : 1 - chance;
    double room = down ? unit : 1 - unit;
    double power = Math.pow(1 - room, ETA_CLOSE + 1);
    double size = 1 - Math.pow(2 * u + (1 - 2 * u) * power, 1 / (ETA_CLOSE + 1));
    return down ? -size : size;
  }
}
