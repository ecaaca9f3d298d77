package dev.assay.storage;

import java.util.List;
import java.util.Map;

/**
 * A study as Optuna's storage protocol knows it.
 *
 * @param userAttrs JSON texts, by name
 * @param systemAttrs Optuna's, without the store's own; JSON texts, by name
 */
public record ProtocolStudy(
    long id,
    String name,
    List<Direction> directions,
    Map<String, String> userAttrs,
    Map<String, String> systemAttrs) {
  public ProtocolStudy {
    directions = List.copyOf(directions);
    userAttrs = Map.copyOf(userAttrs);
    systemAttrs = Map.copyOf(systemAttrs);
  }
}
