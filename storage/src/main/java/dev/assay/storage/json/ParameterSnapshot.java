package dev.assay.storage.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A set of parameters at one moment, as the key of a cache: equal snapshots have equal canonical
 * JSON. It holds the tree in document order as one flat array of keys, leaves and brackets. Strings
 * and leaves never change, so that they are shared; objects and arrays, which the caller may change
 * later, are not. It is much cheaper to make than canonical JSON: nothing is sorted or formatted.
 *
 * <p>Jackson's equality of leaves keeps apart what canonical JSON writes differently: 1 and 1.0,
 * 0.0 and -0.0; NaN equals itself. Sets that differ only in the order of their keys differ here,
 * which costs an entry and nothing else.
 */
final class ParameterSnapshot {
  /** Larger sets are not worth their memory in a cache. */
  private static final int MAX_ELEMENTS = 4096;

  private static final int MAX_CHARACTERS = 32 * 1024;

  private static final Object OBJECT = new Object();
  private static final Object ARRAY = new Object();
  private static final Object END = new Object();

  /** A guess: sets that are named one after another are mostly of one study, and as long. */
  private static volatile int typicalSize = 128;

  private Object[] elements = new Object[typicalSize];
  private int size;
  private int hash = 1;

  private ParameterSnapshot() {}

  /** The snapshot of a set, or null where it has too many elements, or holds what is not JSON. */
  static @Nullable ParameterSnapshot of(JsonNode node) {
    ParameterSnapshot snapshot = new ParameterSnapshot();
    if (!snapshot.addNode(node, 0)) {
      return null;
    }
    if (snapshot.size < snapshot.elements.length) {
      snapshot.elements = Arrays.copyOf(snapshot.elements, snapshot.size);
      typicalSize = snapshot.size;
    }
    return snapshot;
  }

  /** Whether its texts are short enough for it to be kept. */
  boolean isKeepable() {
    long characters = 0;
    for (Object element : elements) {
      if (element instanceof String key) {
        characters += key.length();
      } else if (element instanceof TextNode text) {
        characters += text.textValue().length();
      }
    }
    return characters <= MAX_CHARACTERS;
  }

  private boolean addNode(JsonNode node, int depth) {
    // Asking for the class of the most common leaves costs less than asking them for their type.
    if (node instanceof DoubleNode real) {
      return add(real, Double.hashCode(real.doubleValue()));
    }
    if (node instanceof IntNode whole) {
      return add(whole, whole.intValue());
    }
    if (node instanceof TextNode text) {
      return add(text, text.textValue().hashCode());
    }
    return switch (node.getNodeType()) {
      case OBJECT -> addObject(node, depth + 1);
      case ARRAY -> addArray(node, depth + 1);
      case STRING, NUMBER, BOOLEAN, NULL -> add(node, node.hashCode());
      default -> false;
    };
  }

  private boolean addObject(JsonNode node, int depth) {
    if (depth > Json.MAX_DEPTH || !add(OBJECT, '{')) {
      return false;
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String key = member.getKey();
      // Sets of one study differ in their leaves: the hash does without the keys.
      if (!add(key, 0) || !addNode(member.getValue(), depth)) {
        return false;
      }
    }
    return add(END, '}');
  }

  private boolean addArray(JsonNode node, int depth) {
    if (depth > Json.MAX_DEPTH || !add(ARRAY, '[')) {
      return false;
    }
    int count = node.size();
    for (int i = 0; i < count; i++) {
      if (!addNode(node.get(i), depth)) {
        return false;
      }
    }
    return add(END, ']');
  }

  private boolean add(Object element, int elementHash) {
    if (size == elements.length && !grow()) {
      return false;
    }
    elements[size++] = element;
    hash = 31 * hash + elementHash;
    return true;
  }

  private boolean grow() {
    if (size >= MAX_ELEMENTS) {
      return false;
    }
    elements = Arrays.copyOf(elements, Math.max(16, 2 * size));
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ParameterSnapshot snapshot
        && hash == snapshot.hash
        && size == snapshot.size
        && hasElementsOf(snapshot);
  }

  private boolean hasElementsOf(ParameterSnapshot other) {
    for (int i = 0; i < size; i++) {
      Object own = elements[i];
      Object theirs = other.elements[i];
      // Keys are mostly shared.
      if (own != theirs && !isEqual(own, theirs)) {
        return false;
      }
    }
    return true;
  }

  /** As {@code equals}, which costs more to call than to do for the most common leaves. */
  private static boolean isEqual(Object own, Object theirs) {
    if (own instanceof DoubleNode real && theirs instanceof DoubleNode other) {
      return Double.compare(real.doubleValue(), other.doubleValue()) == 0;
    }
    if (own instanceof IntNode whole && theirs instanceof IntNode other) {
      return whole.intValue() == other.intValue();
    }
    return own.equals(theirs);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
