package dev.assay.engine.space;

/**
 * Parameters are declared in a way that cannot be searched. The message names the parameter by its
 * dotted path, says what was found and what was expected.
 */
public final class SpaceException extends RuntimeException {
  private final String path;

  SpaceException(String path, String problem) {
    super(path.isEmpty() ? problem : "parameter %s: %s".formatted(path, problem));
    this.path = path;
  }

  /** Dotted path of the parameter, empty where it is about all of them. */
  public String path() {
    return path;
  }
}
