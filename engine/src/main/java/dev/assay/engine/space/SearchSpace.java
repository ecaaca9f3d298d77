package dev.assay.engine.space;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.SpaceNode.Branch;
import dev.assay.engine.space.SpaceNode.Leaf;
import dev.assay.storage.json.CanonicalJson;
import java.math.BigInteger;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
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
 * <p>A parameter or a group may have {@code when}, a mapping of other parameters to the value, or
 * the list of values, that each of them must have for it to take part:
 *
 * <pre>
 * optimizer: {type: categorical, choices: [adam, sgd]}
 * beta: {type: float, low: 0.8, high: 0.999, when: {optimizer: adam}}
 * sgd:
 *   when: {optimizer: [sgd]}
 *   momentum: {type: float, low: 0, high: 1}
 * </pre>
 *
 * They are named as their neighbours in the same group are, else by their dotted paths, are
 * declared above, and have values that can be counted. A parameter that takes no part is absent
 * from what the objective gets, and from the signature; so is a group none of whose parameters
 * takes part, and whatever names an absent parameter in its own condition.
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

  private static final String DISTRIBUTIONS = "distributions";
  private static final String CONDITIONS = "conditions";

  private final Branch root;
  private final Leaf[] leaves;
  private final Condition[][] conditions;
  private final BitSet gates;
  private final boolean conditional;
  private final boolean large;
  private final List<String> ignored;
  private final List<String> cutShort;
  private final @Nullable String continuous;
  private final Combinations combinations;
  private final List<Parameter> parameters;
  private final int[] places;

  private SearchSpace(Branch root, SpaceReader reader) {
    List<Leaf> leaves = reader.leaves();
    List<Condition[]> conditions = reader.conditions();
    this.root = root;
    this.leaves = leaves.toArray(Leaf[]::new);
    this.conditions = conditions.toArray(Condition[][]::new);
    this.gates = new BitSet();
    for (Condition[] each : this.conditions) {
      for (Condition condition : each) {
        gates.set(condition.gate().place());
      }
    }
    this.conditional = !gates.isEmpty();
    this.large = leaves.stream().anyMatch(SearchSpace::isLarge);
    this.ignored = reader.ignored();
    this.cutShort = reader.cutShort();
    this.continuous =
        leaves.stream()
            .filter(leaf -> leaf.domain().count() == null)
            .map(Leaf::path)
            .findFirst()
            .orElse(null);
    this.combinations = Combinations.of(leaves, conditions, 1);
    List<Leaf> varying = leaves.stream().filter(leaf -> leaf.parameter() >= 0).toList();
    this.parameters =
        varying.stream().map(leaf -> new Parameter(leaf.path(), leaf.domain())).toList();
    this.places = varying.stream().mapToInt(Leaf::place).toArray();
  }

  /** Begins to declare a space in Java. */
  public static SearchSpaceBuilder builder() {
    return new SearchSpaceBuilder();
  }

  /**
   * Reads a declaration.
   *
   * @throws SpaceException naming the parameter, what was found and what was expected
   */
  public static SearchSpace of(ObjectNode declaration) {
    SpaceReader reader = new SpaceReader();
    Branch root = reader.branch("", "", declaration);
    if (reader.leaves().isEmpty()) {
      throw new SpaceException("", "no parameter is declared, expected at least one");
    }
    return new SearchSpace(root, reader);
  }

  /**
   * Optuna's distribution JSON of each parameter that varies, by dotted path; a list of values is
   * categorical, and the high end of a stepped range is its highest value. A new node.
   */
  public ObjectNode distributions() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    parameters.forEach(parameter -> node.set(parameter.path(), parameter.distribution().toJson()));
    return node;
  }

  /**
   * Dotted paths of the parameters that vary: those declared as a range or a list, also where only
   * one value lies in it.
   */
  public List<String> varying() {
    return parameters.stream().map(Parameter::path).toList();
  }

  /** The parameters that vary, in the order of declaration. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Whether some parameter takes part under conditions alone. */
  public boolean isConditional() {
    return conditional;
  }

  /**
   * Whether a parameter takes part, given the values of those declared before it.
   *
   * @param parameter its place in {@link #parameters}
   * @param values a number for each of {@link #parameters}, those that take no part being NaN or
   *     any other; later ones are not looked at
   */
  public boolean isActive(int parameter, double[] values) {
    return !conditional || Condition.hold(conditions[places[parameter]], values);
  }

  /**
   * What the objective gets for the numbers of all parameters, without those that take no part. A
   * new node.
   *
   * @param values a number for each of {@link #parameters}; those that take no part are not looked
   *     at
   */
  public ObjectNode params(double[] values) {
    return filled(json(values));
  }

  /**
   * {@link #params(double[])} for numbers that were read from {@code given}: a whole number that is
   * no double is the one given there, not the double next to it.
   *
   * @param given nested as declared, or by dotted paths
   */
  public ObjectNode params(double[] values, ObjectNode given) {
    @Nullable JsonNode[] filled = json(values);
    if (large) {
      Map<String, JsonNode> byPath = ParameterPaths.of(given);
      for (Leaf leaf : leaves) {
        JsonNode exact = filled[leaf.place()] == null ? null : byPath.get(leaf.path());
        BigInteger index = exact == null || !isLarge(leaf) ? null : leaf.domain().indexOf(exact);
        if (index != null) {
          filled[leaf.place()] = leaf.domain().at(index);
        }
      }
    }
    return filled(filled);
  }

  private static boolean isLarge(Leaf leaf) {
    return leaf.domain() instanceof Wholes wholes && !wholes.areDoubles();
  }

  private @Nullable JsonNode[] json(double[] values) {
    @Nullable JsonNode[] filled = new JsonNode[leaves.length];
    for (int i = 0; i < filled.length; i++) {
      Leaf leaf = leaves[i];
      if (!conditional || Condition.hold(conditions[i], values)) {
        filled[i] = leaf.domain().json(leaf.parameter() < 0 ? 0 : values[leaf.parameter()]);
      }
    }
    return filled;
  }

  /** Puts in what a study keeps of its space: {@link #distributions} and, if any, conditions. */
  public void describe(ObjectNode studyAttributes) {
    studyAttributes.set(DISTRIBUTIONS, distributions());
    if (conditional) {
      studyAttributes.set(CONDITIONS, conditions());
    }
  }

  /** Whether what a study keeps of its space is this one's, or nothing. */
  public boolean isDescribedBy(ObjectNode studyAttributes) {
    ObjectNode own = JsonNodeFactory.instance.objectNode();
    describe(own);
    // Compared as text: a whole number that was read back may have another Java type.
    return !studyAttributes.has(DISTRIBUTIONS)
        || Stream.of(DISTRIBUTIONS, CONDITIONS)
            .allMatch(key -> sorted(studyAttributes.path(key)).equals(sorted(own.path(key))));
  }

  private static String sorted(JsonNode node) {
    return node.isMissingNode() ? "" : CanonicalJson.sorted(node);
  }

  /**
   * Which values of other parameters each conditional parameter needs: by its dotted path, theirs
   * with the lists of values, those included that their own conditions ask for.
   */
  private ObjectNode conditions() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (Leaf leaf : leaves) {
      for (Condition condition : conditions[leaf.place()]) {
        ArrayNode values = node.withObjectProperty(leaf.path()).putArray(condition.gate().path());
        condition.indices().forEach(i -> values.add(condition.gate().domain().at(i).deepCopy()));
      }
    }
    return node;
  }

  private ObjectNode filled(@Nullable JsonNode[] values) {
    return requireNonNull(root.filled(values), "the first parameter always takes part");
  }

  /**
   * The numbers of a set of parameters: one for each of {@link #parameters}, NaN where it is
   * absent, takes no part or is not a value of that parameter.
   */
  public double[] values(ObjectNode params) {
    double[] values = new double[places.length];
    root.read(params, values);
    if (conditional) {
      for (int parameter = 0; parameter < values.length; parameter++) {
        if (!isActive(parameter, values)) {
          values[parameter] = Double.NaN;
        }
      }
    }
    return values;
  }

  /** How many combinations there are; null where a parameter is continuous. */
  public @Nullable BigInteger size() {
    return continuous == null ? combinations.count() : null;
  }

  /** How many combinations there are where a continuous range counts as so many values. */
  public BigInteger size(int places) {
    return continuous == null || places == 1
        ? combinations.count()
        : Combinations.of(List.of(leaves), List.of(conditions), places).count();
  }

  /** Dotted path of the first parameter with a continuous range; null where there is none. */
  public @Nullable String continuous() {
    return continuous;
  }

  /** Members of definitions that have no effect, by dotted path. */
  public List<String> ignored() {
    return ignored;
  }

  /** Dotted paths of the stepped ranges whose high end is none of their values. */
  public List<String> cutShort() {
    return cutShort;
  }

  /**
   * The combination at {@code index}, from 0, the last declared parameter varying fastest;
   * parameters that conditions link vary together, in the place of the first of them. A new node.
   *
   * @throws SpaceException when a parameter is continuous
   * @throws IndexOutOfBoundsException when there is none at that index
   */
  public ObjectNode combination(BigInteger index) {
    if (continuous != null) {
      throw new SpaceException(
          continuous,
          "its range is continuous, expected a step or a list of values to count combinations");
    }
    if (index.signum() < 0 || index.compareTo(combinations.count()) >= 0) {
      throw new IndexOutOfBoundsException(
          "combination %d, expected 0 to below %d".formatted(index, combinations.count()));
    }
    return filled(combinations.at(index, leaves.length));
  }

  /**
   * One set of parameters by chance, each on its own: a value of a list or a stepped range with
   * equal chances, a continuous one evenly or by its logarithm. Draws from {@code random} for each
   * parameter that takes part, in the order of declaration, through {@code nextLong} alone. A new
   * node.
   */
  public ObjectNode draw(RandomGenerator random) {
    @Nullable JsonNode[] drawn = new JsonNode[leaves.length];
    double[] numbers = new double[conditional ? places.length : 0];
    for (int i = 0; i < drawn.length; i++) {
      if (conditional && !Condition.hold(conditions[i], numbers)) {
        continue;
      }
      Leaf leaf = leaves[i];
      JsonNode value = leaf.domain().draw(random);
      drawn[i] = value;
      if (gates.get(i)) {
        numbers[leaf.parameter()] = leaf.domain().number(value);
      }
    }
    return filled(drawn);
  }

  /**
   * A value for each parameter, whether its conditions hold or not: what there may be in all. A new
   * node.
   */
  public ObjectNode example() {
    @Nullable JsonNode[] values = new JsonNode[leaves.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = leaves[i].domain().at(BigInteger.ZERO);
    }
    return filled(values);
  }

  /**
   * What the objective gets for {@code params}: a copy in which the text {@value #REMAINDER} is 1
   * minus the sum of the numbers beside it in the same mapping, at least 0.01 and at most 0.90,
   * rounded to 4 decimals. True and false count as 1 and 0. Without a number beside it the text
   * stays; of several in one mapping only the last is replaced. So does the legacy system.
   */
  public ObjectNode resolved(ObjectNode params) {
    ObjectNode copy = params.deepCopy();
    Remainder.replace(copy);
    return copy;
  }
}
