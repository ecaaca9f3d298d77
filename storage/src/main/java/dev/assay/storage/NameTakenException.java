package dev.assay.storage;

/** A study cannot be imported, because the store has one of that name. */
public final class NameTakenException extends StoreException {
  NameTakenException(String name) {
    super("the store has a study named '%s' already; import under another name".formatted(name));
  }
}
