package dev.assay.engine.sampler;

import java.util.random.RandomGenerator;

/** Parameters that are modelled together: how good trials and bad ones spread over them. */
final class TpeBlock {
  /**
   * Of good trials, few as they are, Optuna's least bandwidth is too wide to close in on an optimum
   * of several parameters: a third of it, taken where parameters are modelled together, has the
   * better median on six of the seven functions of the sampler benchmark after 200 trials.
   */
  private static final double PARTS_OF_SEVERAL = 3;

  private final int[] parameters;
  private final Places places;
  private final ParzenEstimator good;
  private final ParzenEstimator bad;
  private final double[][] proposals;
  private final double[] goodLogs;
  private final double[] badLogs;

  TpeBlock(int[] parameters, Places places, TpeSettings settings) {
    this.parameters = parameters;
    this.places = places;
    this.good = estimator(settings, parameters.length > 1 ? PARTS_OF_SEVERAL : 1, false);
    this.bad = estimator(settings, 1, true);
    this.proposals = new double[parameters.length][settings.candidates()];
    this.goodLogs = new double[settings.candidates()];
    this.badLogs = new double[settings.candidates()];
  }

  private ParzenEstimator estimator(TpeSettings settings, double parts, boolean aging) {
    return new ParzenEstimator(
        new Kernels(places, parameters, settings, parts), settings.priorWeight(), aging);
  }

  Kernels good() {
    return good.kernels();
  }

  Kernels bad() {
    return bad.kernels();
  }

  /**
   * Draws proposals from where good trials are and takes the one that is the most likely among good
   * trials compared with bad ones.
   *
   * @param values where the values of these parameters are written
   */
  void propose(double[] values, RandomGenerator random) {
    int count = goodLogs.length;
    good.draw(proposals, count, random);
    good.logDensities(proposals, count, goodLogs);
    bad.logDensities(proposals, count, badLogs);
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < count; c++) {
      double gain = goodLogs[c] - badLogs[c];
      if (gain > most) {
        most = gain;
        best = c;
      }
    }
    for (int i = 0; i < parameters.length; i++) {
      values[parameters[i]] = places.axis(parameters[i]).value(proposals[i][best]);
    }
  }
}
