package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.Parameter;
import dev.assay.engine.space.SearchSpace;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * CMA-ES (Hansen, Ostermeier 2001): draws from a normal distribution that each generation moves and
 * reshapes. Numbers lie between 0 and 1, on the scale on which each is searched; what is drawn
 * outside is drawn again, and at last put on the edge. The first draw of each trial is a point of
 * Sobol's sequence, so that those of a generation lie evenly (Teytaud, Gelly 2007). Choices are
 * drawn by odds that follow the better half of each generation.
 */
final class CmaSampler implements Sampler {
  private static final int MOST_DRAWS = 30;

  /** What is turned down again and again, as in a space of few values, needs longer steps. */
  private static final double WIDER = 1.3;

  private static final int MOST_WIDER = 20;

  private final CmaSettings settings;
  private final CmaSearch search;
  private final @Nullable Points points;

  CmaSampler(CmaSettings settings, SearchSpace space, long seed) {
    this.settings = settings;
    this.search = new CmaSearch(settings, space, seed);
    int dimensions = search.numbers().length;
    boolean few = dimensions > 0 && dimensions <= SobolPoints.MOST_DIMENSIONS;
    this.points = few ? SobolPoints.scrambled(dimensions, seed) : null;
  }

  @Override
  public ObjectNode suggest(History history, Ask ask) {
    SearchSpace space = history.space();
    search.follow(history);
    if (search.trials() < settings.startupTrials()) {
      return space.draw(ask.random());
    }
    List<Parameter> parameters = space.parameters();
    double[] values = new double[parameters.size()];
    for (int p = 0; p < values.length; p++) {
      values[p] = parameters.get(p).low();
    }
    drawNumbers(parameters, values, ask);
    int[] choices = search.choices();
    for (int i = 0; i < choices.length; i++) {
      values[choices[i]] = search.odds().draw(i, ask.random());
    }
    return space.params(values);
  }

  private void drawNumbers(List<Parameter> parameters, double[] values, Ask ask) {
    int[] numbers = search.numbers();
    double[] point = inside(numbers.length, ask);
    for (int i = 0; i < numbers.length; i++) {
      Parameter parameter = parameters.get(numbers[i]);
      double value = parameter.fromUnit(Math.min(1, Math.max(0, point[i])));
      boolean stuck = settings.withMargin() && search.isStuck(i, parameter);
      values[numbers[i]] = stuck ? neighbour(parameter, value, ask.random()) : value;
    }
  }

  private double[] inside(int n, Ask ask) {
    double wider = Math.pow(WIDER, Math.min(MOST_WIDER, ask.retry()));
    double[] normal = spread(n, ask);
    double[] point = new double[n];
    search.distribution().place(normal, wider, point);
    for (int i = 1; i < MOST_DRAWS && !isInside(point); i++) {
      Arrays.setAll(normal, k -> Draws.gaussian(ask.random()));
      search.distribution().place(normal, wider, point);
    }
    return point;
  }

  private double[] spread(int n, Ask ask) {
    double[] normal = new double[n];
    if (points == null || ask.retry() > 0) {
      Arrays.setAll(normal, i -> Draws.gaussian(ask.random()));
    } else {
      double[] units = points.at((int) ask.number() & Integer.MAX_VALUE);
      Arrays.setAll(normal, i -> Draws.gaussian(units[i]));
    }
    return normal;
  }

  private static boolean isInside(double[] point) {
    for (double place : point) {
      if (!(place >= 0 && place <= 1)) {
        return false;
      }
    }
    return true;
  }

  /** Now and then the value next to it, once a generation among all parameters. */
  private double neighbour(Parameter parameter, double value, RandomGenerator random) {
    double chance = Draws.unit(random) * search.generationSize() * search.numbers().length;
    if (chance >= 1) {
      return value;
    }
    return parameter.nearest(chance < 0.5 ? value - parameter.step() : value + parameter.step());
  }
}
