package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.SpaceNode.Branch;
import dev.assay.engine.space.SpaceNode.Leaf;
import dev.assay.storage.Distribution;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The declared parameters of a study, nested, in the order of their declaration. Immutable and safe
 * to share between threads.
 *
 * <p>A mapping with a {@code type} declares one parameter:
 *
 * <pre>
 * type: float       low, high, step?, log?   doubles; with a step low, low + step, … up to high
 * type: loguniform  low, high                the same as float with log: true
 * type: int         low, high, step?, log?   whole numbers of at most 64 bits
 * type: grid        values                   one of a list of any JSON values
 * type: categorical choices                  another name for grid
 * type: fixed       value                    always this value
 * </pre>
 *
 * A plain value or list in place of a definition is fixed too. A mapping without {@code type}, or
 * whose {@code type} is a mapping, groups the parameters in it under its name. Ends are included;
 * where a step does not divide the range, the last value is the highest below {@code high}. Steps
 * are worked out in the decimals as written, so 0.1 and a step of 0.2 give 0.3. A repeated value of
 * a list counts once.
 *
 * <p>A parameter's dotted path is the names on the way to it, joined by dots. A dot inside a name
 * is a character like others; two parameters with the same path are an error.
 *
 * <p>A parameter whose value is {@value #REMAINDER} stands for what its neighbours leave of 1. The
 * parameters of a trial, and so its signature, keep that text; {@link #resolved} puts the number in
 * its place for the objective.
 */
public final class SearchSpace {
  /** The text in place of a number that is what the numbers beside it leave of 1. */
  public static final String REMAINDER = "__dirichlet_remainder__";

  private static final double LEAST_REMAINDER = 0.01;
  private static final double MOST_REMAINDER = 0.90;
  private static final int REMAINDER_DECIMALS = 4;

  private final Branch root;
  private final List<Leaf> leaves;
  private final List<String> ignored;
  private final @Nullable BigInteger size;
  private final List<Parameter> parameters;

  private SearchSpace(Branch root, List<Leaf> leaves, List<String> ignored) {
    this.root = root;
    this.leaves = leaves;
    this.ignored = ignored;
    this.size = product(leaves);
    this.parameters =
        leaves.stream()
            .filter(leaf -> leaf.domain().distribution() != null)
            .map(leaf -> new Parameter(leaf.path(), leaf.domain()))
            .toList();
  }

  /**
   * Reads a declaration.
   *
   * @throws SpaceException naming the parameter, what was found and what was expected
   */
  public static SearchSpace of(ObjectNode declaration) {
    SpaceReader reader = new SpaceReader();
    Branch root = reader.branch("", declaration);
    if (reader.leaves().isEmpty()) {
      throw new SpaceException("", "no parameter is declared, expected at least one");
    }
    return new SearchSpace(root, reader.leaves(), reader.ignored());
  }

  /**
   * Optuna's distribution JSON of each parameter that varies, by dotted path; a list of values is
   * categorical, and the high end of a stepped range is its highest value. A new node.
   */
  public ObjectNode distributions() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (Leaf leaf : leaves) {
      Distribution distribution = leaf.domain().distribution();
      if (distribution != null) {
        node.set(leaf.path(), distribution.toJson());
      }
    }
    return node;
  }

  /**
   * Dotted paths of the parameters that vary: those declared as a range or a list, also where only
   * one value lies in it.
   */
  public List<String> varying() {
    return leaves.stream()
        .filter(leaf -> leaf.domain().distribution() != null)
        .map(Leaf::path)
        .toList();
  }

  /** The parameters that vary, in the order of declaration. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * Whether a parameter takes part, given the values of those declared before it.
   *
   * @param parameter its place in {@link #parameters}
   * @param values a number for each of {@link #parameters}, NaN for those that take no part
   */
  public boolean isActive(int parameter, double[] values) {
    return true;
  }

  /**
   * What the objective gets for the numbers of all parameters. A new node.
   *
   * @param values a number for each of {@link #parameters}; those that take no part are not looked
   *     at
   */
  public ObjectNode params(double[] values) {
    List<JsonNode> filled = new ArrayList<>(leaves.size());
    int parameter = 0;
    for (Leaf leaf : leaves) {
      boolean varies = leaf.domain().distribution() != null;
      filled.add(leaf.domain().json(varies ? values[parameter++] : 0));
    }
    return root.filled(filled.iterator());
  }

  /**
   * The numbers of a set of parameters: one for each of {@link #parameters}, NaN where it is absent
   * or not a value of that parameter.
   */
  public double[] values(ObjectNode params) {
    double[] values = new double[leaves.size()];
    root.read(params, values, 0);
    int parameter = 0;
    for (int i = 0; i < values.length; i++) {
      if (leaves.get(i).domain().distribution() != null) {
        values[parameter++] = values[i];
      }
    }
    return Arrays.copyOf(values, parameter);
  }

  /** How many combinations there are; null where a parameter is continuous. */
  public @Nullable BigInteger size() {
    return size;
  }

  /** Dotted path of the first parameter with a continuous range; null where there is none. */
  public @Nullable String continuous() {
    return leaves.stream()
        .filter(leaf -> leaf.domain().count() == null)
        .map(Leaf::path)
        .findFirst()
        .orElse(null);
  }

  /** Members of definitions that have no effect, by dotted path. */
  public List<String> ignored() {
    return ignored;
  }

  /**
   * The combination at {@code index}, from 0, the last declared parameter varying fastest. A new
   * node.
   *
   * @throws SpaceException when a parameter is continuous
   * @throws IndexOutOfBoundsException when there is none at that index
   */
  public ObjectNode combination(BigInteger index) {
    if (size == null) {
      throw new SpaceException(
          String.valueOf(continuous()),
          "its range is continuous, expected a step or a list of values to count combinations");
    }
    if (index.signum() < 0 || index.compareTo(size) >= 0) {
      throw new IndexOutOfBoundsException(
          "combination %d, expected 0 to below %d".formatted(index, size));
    }
    JsonNode[] values = new JsonNode[leaves.size()];
    BigInteger rest = index;
    for (int i = values.length - 1; i >= 0; i--) {
      Domain domain = leaves.get(i).domain();
      BigInteger count = domain.count();
      BigInteger[] parts = rest.divideAndRemainder(count == null ? BigInteger.ONE : count);
      values[i] = domain.at(parts[1]);
      rest = parts[0];
    }
    return root.filled(Arrays.asList(values).iterator());
  }

  /**
   * One set of parameters by chance, each on its own: a value of a list or a stepped range with
   * equal chances, a continuous one evenly or by its logarithm. Draws from {@code random} in the
   * order of declaration, through {@code nextLong} alone. A new node.
   */
  public ObjectNode draw(RandomGenerator random) {
    List<JsonNode> values = new ArrayList<>(leaves.size());
    leaves.forEach(leaf -> values.add(leaf.domain().draw(random)));
    return root.filled(values.iterator());
  }

  /**
   * What the objective gets for {@code params}: a copy in which the text {@value #REMAINDER} is 1
   * minus the sum of the numbers beside it in the same mapping, at least 0.01 and at most 0.90,
   * rounded to 4 decimals. True and false count as 1 and 0. Without a number beside it the text
   * stays; of several in one mapping only the last is replaced. So does the legacy system.
   */
  public ObjectNode resolved(ObjectNode params) {
    ObjectNode copy = params.deepCopy();
    replaceRemainders(copy);
    return copy;
  }

  private static void replaceRemainders(ObjectNode mapping) {
    String marked = null;
    double sum = 0;
    boolean numbers = false;
    for (Map.Entry<String, JsonNode> member : mapping.properties()) {
      JsonNode value = member.getValue();
      if (value.isTextual() && value.textValue().equals(REMAINDER)) {
        marked = member.getKey();
      } else if (value.isNumber() || value.isBoolean()) {
        sum += value.isBoolean() ? (value.booleanValue() ? 1 : 0) : value.doubleValue();
        numbers = true;
      } else if (value instanceof ObjectNode nested) {
        replaceRemainders(nested);
      }
    }
    if (marked != null && numbers) {
      mapping.set(marked, DoubleNode.valueOf(remainder(sum)));
    }
  }

  private static double remainder(double sum) {
    double left = 1 - sum;
    // Written so that NaN, too, ends at the upper limit.
    double limited = left < MOST_REMAINDER ? Math.max(LEAST_REMAINDER, left) : MOST_REMAINDER;
    return new BigDecimal(limited)
        .setScale(REMAINDER_DECIMALS, RoundingMode.HALF_EVEN)
        .doubleValue();
  }

  private static @Nullable BigInteger product(List<Leaf> leaves) {
    BigInteger product = BigInteger.ONE;
    for (Leaf leaf : leaves) {
      BigInteger count = leaf.domain().count();
      if (count == null) {
        return null;
      }
      product = product.multiply(count);
    }
    return product;
  }
}
