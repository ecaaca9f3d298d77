package dev.assay.analytics;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.Direction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks for the bins of {@link Synergy}. */
final class SynergySearch {
  private final SynergyTrials trials;
  private final double sign;
  private final Synergy.Options options;
  private final Map<String, SynergyBins> binsOf = new HashMap<>();
  private final Map<String, @Nullable String[]> binned = new HashMap<>();

  SynergySearch(SynergyTrials trials, Direction direction, Synergy.Options options) {
    this.trials = trials;
    this.sign = direction == Direction.MAXIMIZE ? -1 : 1;
    this.options = options;
    trials
        .values()
        .forEach(
            (name, values) -> {
              SynergyBins bins = new SynergyBins(values, options.bins());
              binsOf.put(name, bins);
              @Nullable String[] texts = new String[values.length];
              for (int i = 0; i < texts.length; i++) {
                JsonNode value = values[i];
                texts[i] = value == null ? null : bins.bin(value);
              }
              binned.put(name, texts);
            });
  }

  Synergy run(String name) {
    double baseline = trials.median();
    List<Synergy.Single> singles = new ArrayList<>();
    for (String parameter : trials.values().keySet()) {
      Map.Entry<List<String>, SynergyTrials.Group> best = best(List.of(parameter));
      if (best != null) {
        double loss = best.getValue().medianLoss();
        singles.add(
            new Synergy.Single(
                parameter,
                bin(parameter, best.getKey().get(0)),
                sign * loss,
                best.getValue().trials(),
                baseline - loss));
      }
    }
    singles.sort(Comparator.comparingDouble(Synergy.Single::lift).reversed());
    List<Synergy.Pair> pairs = pairs(singles);
    return new Synergy(
        name,
        trials.losses().length,
        sign * baseline,
        singles,
        pairs.subList(0, Math.min(pairs.size(), options.pairs())));
  }

  private List<Synergy.Pair> pairs(List<Synergy.Single> singles) {
    List<Synergy.Single> top = singles.subList(0, Math.min(singles.size(), options.parameters()));
    List<Synergy.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < top.size(); i++) {
      for (Synergy.Single second : top.subList(i + 1, top.size())) {
        Synergy.Single first = top.get(i);
        Map.Entry<List<String>, SynergyTrials.Group> best =
            best(List.of(first.parameter(), second.parameter()));
        if (best != null) {
          double loss = best.getValue().medianLoss();
          pairs.add(
              new Synergy.Pair(
                  first.parameter(),
                  second.parameter(),
                  bin(first.parameter(), best.getKey().get(0)),
                  bin(second.parameter(), best.getKey().get(1)),
                  sign * loss,
                  best.getValue().trials(),
                  Math.min(sign * first.median(), sign * second.median()) - loss));
        }
      }
    }
    pairs.sort(Comparator.comparingDouble(Synergy.Pair::synergy).reversed());
    return pairs;
  }

  /** The group with the best median; of equals the one that the best trial is in. */
  private Map.@Nullable Entry<List<String>, SynergyTrials.Group> best(List<String> parameters) {
    List<@Nullable String[]> bins = new ArrayList<>();
    parameters.forEach(parameter -> bins.add(binned.get(parameter)));
    Map.Entry<List<String>, SynergyTrials.Group> best = null;
    for (Map.Entry<List<String>, SynergyTrials.Group> each :
        trials.groups(bins, options.observations()).entrySet()) {
      if (best == null || each.getValue().medianLoss() < best.getValue().medianLoss()) {
        best = each;
      }
    }
    return best;
  }

  private Synergy.Bin bin(String parameter, String name) {
    return new Synergy.Bin(
        name, requireNonNull(binsOf.get(parameter), "no such parameter").description(name));
  }
}
