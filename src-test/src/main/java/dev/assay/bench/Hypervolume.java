package dev.assay.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The area that points of two losses dominate below the reference point of the ZDT figures. */
final class Hypervolume {
  private static final double FIRST = 1.1;
  private static final double SECOND = 6.0;

  private Hypervolume() {}

  static double of(List<double[]> points) {
    List<double[]> sorted = new ArrayList<>(points);
    sorted.sort(Comparator.<double[]>comparingDouble(point -> point[0]));
    double area = 0;
    double lowest = SECOND;
    for (double[] point : sorted) {
      if (point[0] < FIRST && point[1] < lowest) {
        area += (FIRST - point[0]) * (lowest - point[1]);
        lowest = point[1];
      }
    }
    return area;
  }
}
