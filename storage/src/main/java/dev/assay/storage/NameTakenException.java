package dev.assay.storage;

/** A study cannot be created or imported, because the store has one of that name. */
public final class NameTakenException extends StoreException {
  NameTakenException(String name) {
    super("the store has a study named '%s' already; use another name".formatted(name));
  }
}
