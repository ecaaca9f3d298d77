package dev.assay.engine.sampler;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The odds of the choices of categorical parameters: after each generation they move towards the
 * choices of its better half (Baluja 1994), and none becomes so small that a generation or two
 * could not bring it back (Hamano et al. 2024). Not safe to share between threads.
 */
final class ChoiceOdds {
  private static final double RATE = 0.15;
  private static final double STAYS = 0.73;

  private final double[][] odds;

  /** Even odds for parameters with so many choices each. */
  ChoiceOdds(int[] counts) {
    this.odds = new double[counts.length][];
    for (int i = 0; i < counts.length; i++) {
      odds[i] = new double[counts[i]];
      Arrays.fill(odds[i], 1.0 / counts[i]);
    }
  }

  /** The odds of one parameter. */
  double[] of(int parameter) {
    return odds[parameter].clone();
  }

  /** A choice's index. */
  int draw(int parameter, RandomGenerator random) {
    double[] own = odds[parameter];
    double left = Draws.unit(random);
    for (int k = 0; k < own.length - 1; k++) {
      left -= own[k];
      if (left < 0) {
        return k;
      }
    }
    return own.length - 1;
  }

  /**
   * Learns from a generation.
   *
   * @param chosen of each trial, from best to worst, an index for each parameter, NaN for none
   */
  void learn(double[][] chosen, CmaRates rates) {
    for (int i = 0; i < odds.length; i++) {
      for (int k = 0; k < rates.parents; k++) {
        if (!Double.isNaN(chosen[k][i])) {
          double share = RATE * rates.weights[k];
          for (int c = 0; c < odds[i].length; c++) {
            odds[i][c] *= 1 - share;
          }
          odds[i][(int) chosen[k][i]] += share;
        }
      }
      keepAll(odds[i]);
    }
  }

  private void keepAll(double[] own) {
    double least = (1 - Math.pow(STAYS, 1.0 / odds.length)) / (own.length - 1);
    double over = 0;
    for (int c = 0; c < own.length; c++) {
      own[c] = Math.max(least, own[c]);
      over += own[c] - least;
    }
    double room = 1 - least * own.length;
    for (int c = 0; c < own.length; c++) {
      own[c] = over > 0 && room > 0 ? least + (own[c] - least) * room / over : 1.0 / own.length;
    }
  }
}
