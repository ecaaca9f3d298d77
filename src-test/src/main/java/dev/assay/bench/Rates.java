package dev.assay.bench;

import java.util.List;

/** Figures of how often something was done a second. */
final class Rates {
  private Rates() {}

  static Figure figure(String benchmark, String name, String mode, List<Double> rates) {
    return Figure.of(benchmark, name, mode, "/s", rates, null);
  }
}
