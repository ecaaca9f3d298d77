package dev.assay.engine.objective;

import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Functions on which optimizers are usually compared, all to be minimized. Formulas and constants
 * as in Surjanovic and Bingham's Virtual Library of Simulation Experiments; those with two values
 * as in Zitzler, Deb and Thiele, Comparison of Multiobjective Evolutionary Algorithms (2000). They
 * are computed with {@link StrictMath}, so that a value is the same on every machine.
 */
// The formulas are method references, which have no state.
@SuppressWarnings("ImmutableEnumChecker")
enum TestFunction {
  /** On [-5, 10] × [0, 15]; three minima of 0.397887. */
  BRANIN(2, 2, TestFunction::branin),
  /** On [0, 1]^6; minimum -3.32237. */
  HARTMANN6(6, 6, TestFunction::hartmann6),
  /** On ±32.768; minimum 0 at zero. */
  ACKLEY(1, Integer.MAX_VALUE, TestFunction::ackley),
  /** On [-5, 10]; minimum 0 where every coordinate is 1. */
  ROSENBROCK(2, Integer.MAX_VALUE, TestFunction::rosenbrock),
  /** On ±10; minimum 0 where every coordinate is 1. */
  LEVY(1, Integer.MAX_VALUE, TestFunction::levy),
  /** On ±5; minimum -39.16617 a dimension where every coordinate is -2.903534. */
  STYBLINSKI_TANG(1, Integer.MAX_VALUE, TestFunction::styblinskiTang),
  /** The sum of squares; minimum 0 at zero. */
  SPHERE(1, Integer.MAX_VALUE, TestFunction::sphere),
  /** On ±5.12; minimum 0 at zero. */
  RASTRIGIN(1, Integer.MAX_VALUE, TestFunction::rastrigin),
  /** Two values, on [0, 1]^n; its front, 1 - sqrt(first), is where all but x1 are 0. */
  ZDT1(TestFunction::zdt1),
  /** Two values, on [0, 1]^n; its front, 1 - first², is where all but x1 are 0. */
  ZDT2(TestFunction::zdt2);

  private static final double[] HARTMANN_ALPHA = {1.0, 1.2, 3.0, 3.2};
  private static final double[][] HARTMANN_A = {
    {10, 3, 17, 3.5, 1.7, 8},
    {0.05, 10, 17, 0.1, 8, 14},
    {3, 3.5, 1.7, 10, 17, 8},
    {17, 8, 0.05, 10, 0.1, 14},
  };
  private static final double[][] HARTMANN_P = {
    {0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
    {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
    {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
    {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381},
  };

  final int minDimension;
  final int maxDimension;
  private final Function<double[], double[]> formula;

  TestFunction(int minDimension, int maxDimension, ToDoubleFunction<double[]> formula) {
    this.minDimension = minDimension;
    this.maxDimension = maxDimension;
    this.formula = x -> new double[] {formula.applyAsDouble(x)};
  }

  /** A function of two or more parameters with several values. */
  TestFunction(Function<double[], double[]> formula) {
    this.minDimension = 2;
    this.maxDimension = Integer.MAX_VALUE;
    this.formula = formula;
  }

  /** The name in a study file, such as {@code styblinski-tang}. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The values at {@code x}, which has one of the dimensions that the function takes. */
  double[] at(double[] x) {
    return formula.apply(x);
  }

  private static double branin(double[] x) {
    double b = 5.1 / (4 * Math.PI * Math.PI);
    double c = 5 / Math.PI;
    double valley = x[1] - b * x[0] * x[0] + c * x[0] - 6;
    return valley * valley + 10 * (1 - 1 / (8 * Math.PI)) * StrictMath.cos(x[0]) + 10;
  }

  private static double hartmann6(double[] x) {
    double sum = 0;
    for (int i = 0; i < HARTMANN_ALPHA.length; i++) {
      double distance = 0;
      for (int j = 0; j < x.length; j++) {
        double apart = x[j] - HARTMANN_P[i][j];
        distance += HARTMANN_A[i][j] * apart * apart;
      }
      sum += HARTMANN_ALPHA[i] * StrictMath.exp(-distance);
    }
    return -sum;
  }

  private static double ackley(double[] x) {
    double cosines = 0;
    for (double coordinate : x) {
      cosines += StrictMath.cos(2 * Math.PI * coordinate);
    }
    double spread = StrictMath.exp(-0.2 * StrictMath.sqrt(sphere(x) / x.length));
    return -20 * spread - StrictMath.exp(cosines / x.length) + 20 + Math.E;
  }

  private static double rosenbrock(double[] x) {
    double sum = 0;
    for (int i = 0; i + 1 < x.length; i++) {
      double valley = x[i + 1] - x[i] * x[i];
      sum += 100 * valley * valley + (1 - x[i]) * (1 - x[i]);
    }
    return sum;
  }

  private static double levy(double[] x) {
    double sum = squared(StrictMath.sin(Math.PI * levyWeight(x[0])));
    for (int i = 0; i + 1 < x.length; i++) {
      double w = levyWeight(x[i]);
      sum += squared(w - 1) * (1 + 10 * squared(StrictMath.sin(Math.PI * w + 1)));
    }
    double last = levyWeight(x[x.length - 1]);
    return sum + squared(last - 1) * (1 + squared(StrictMath.sin(2 * Math.PI * last)));
  }

  private static double levyWeight(double coordinate) {
    return 1 + (coordinate - 1) / 4;
  }

  private static double styblinskiTang(double[] x) {
    double sum = 0;
    for (double coordinate : x) {
      double square = coordinate * coordinate;
      sum += square * square - 16 * square + 5 * coordinate;
    }
    return sum / 2;
  }

  private static double sphere(double[] x) {
    double sum = 0;
    for (double coordinate : x) {
      sum += coordinate * coordinate;
    }
    return sum;
  }

  private static double rastrigin(double[] x) {
    double sum = 10.0 * x.length;
    for (double coordinate : x) {
      sum += coordinate * coordinate - 10 * StrictMath.cos(2 * Math.PI * coordinate);
    }
    return sum;
  }

  private static double[] zdt1(double[] x) {
    double g = zdtDistance(x);
    return new double[] {x[0], g * (1 - StrictMath.sqrt(x[0] / g))};
  }

  private static double[] zdt2(double[] x) {
    double g = zdtDistance(x);
    return new double[] {x[0], g * (1 - squared(x[0] / g))};
  }

  /** 1 on the front, and more away from it. */
  private static double zdtDistance(double[] x) {
    double sum = 0;
    for (int i = 1; i < x.length; i++) {
      sum += x[i];
    }
    return 1 + 9 * sum / (x.length - 1);
  }

  private static double squared(double value) {
    return value * value;
  }
}
