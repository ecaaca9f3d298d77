package dev.assay.storage.json;

import com.fasterxml.jackson.databind.JsonNode;
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

  private Object[] elements = new Object[128];
  private int size;
  private int characters;
  private int hash = 1;

  private ParameterSnapshot() {}

  /** The snapshot of a set, or null where it is too large, or holds what is not JSON. */
  static @Nullable ParameterSnapshot of(JsonNode node) {
    ParameterSnapshot snapshot = new ParameterSnapshot();
    if (!snapshot.addNode(node, 0)) {
      return null;
    }
    snapshot.elements = Arrays.copyOf(snapshot.elements, snapshot.size);
    return snapshot;
  }

  private boolean addNode(JsonNode node, int depth) {
    return switch (node.getNodeType()) {
      case OBJECT -> addObject(node, depth + 1);
      case ARRAY -> addArray(node, depth + 1);
      case STRING -> addText(node, node.textValue());
      case NUMBER, BOOLEAN, NULL -> add(node, node.hashCode());
      default -> false;
    };
  }

  private boolean addObject(JsonNode node, int depth) {
    if (depth > Json.MAX_DEPTH || !add(OBJECT, '{')) {
      return false;
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String key = member.getKey();
      if (!addText(key, key) || !addNode(member.getValue(), depth)) {
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

  private boolean addText(Object element, String text) {
    characters += Math.min(text.length(), MAX_CHARACTERS);
    return characters < MAX_CHARACTERS && add(element, text.hashCode());
  }

  private boolean add(Object element, int elementHash) {
    if (size == elements.length) {
      if (size >= MAX_ELEMENTS) {
        return false;
      }
      elements = Arrays.copyOf(elements, 2 * size);
    }
    elements[size++] = element;
    hash = 31 * hash + elementHash;
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ParameterSnapshot snapshot
        && hash == snapshot.hash
        && Arrays.equals(elements, snapshot.elements);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
