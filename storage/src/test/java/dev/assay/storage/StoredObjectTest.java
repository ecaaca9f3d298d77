package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class StoredObjectTest {
  /** What could be taken for a bracket or the end of a text. */
  private static final List<String> TEXTS =
      List.of("", "{", "}]", "\"", "\\", "\\\"", "a\\\\", "{\"a\":[", "é😀\uD800", "\n\"},{\"x\":");

  private static String text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size())) + TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static ObjectNode document(Random random, int depth) {
    ObjectNode node = Json.object();
    for (int i = random.nextInt(5); i > 0; i--) {
      String key = text(random);
      switch (random.nextInt(depth > 3 ? 4 : 6)) {
        case 0 -> node.put(key, random.nextGaussian());
        case 1 -> node.put(key, random.nextLong());
        case 2 -> node.put(key, random.nextBoolean() ? Double.NaN : -0.0);
        case 3 -> node.put(key, text(random));
        case 4 -> node.set(key, document(random, depth + 1));
        default -> {
          ArrayNode array = node.putArray(key).add(text(random)).addNull();
          array.add(document(random, depth + 1)).addArray().add(random.nextBoolean());
        }
      }
    }
    return node;
  }

  private static FrozenTrial trial(Random random) {
    TreeMap<Long, Double> steps = new TreeMap<>();
    steps.put(random.nextLong(), random.nextGaussian());
    return FrozenTrial.builder()
        .id(random.nextInt(1000))
        .state(TrialState.COMPLETE)
        .values(List.of(random.nextGaussian(), Double.NaN))
        .params(document(random, 0))
        .distributions(document(random, 0))
        .metrics(document(random, 0))
        .userAttrs(document(random, 0))
        .systemAttrs(document(random, 0))
        .intermediateValues(steps)
        .error(text(random))
        .build();
  }

  @Test
  void aTrialIsTheSameWhenItsDocumentsAreReadLater() throws SQLException {
    Random random = new Random(20261123);
    for (int i = 0; i < 2000; i++) {
      String record = Records.write(trial(random));
      FrozenTrial whole = Records.read(record);
      assertThat(Records.open(record)).isEqualTo(whole).hasSameHashCodeAs(whole);
      assertThat(Records.write(Records.open(record))).isEqualTo(record);
    }
  }

  @Test
  void aDocumentIsAnObjectLikeAnyOther() throws SQLException {
    FrozenTrial trial =
        FrozenTrial.builder().userAttrs(Json.object().put("a", 1).put("b", 2)).build();
    ObjectNode attrs = Records.open(Records.write(trial)).userAttrs();
    ObjectNode copy = attrs.deepCopy();
    assertThat(attrs.put("c", 3).remove("a")).isEqualTo(copy.get("a"));
    assertThat(attrs.has("a")).isFalse();
    assertThat(attrs).isEqualTo(Json.object().put("b", 2).put("c", 3));
    assertThat(attrs.removeAll()).isEqualTo(Json.object());
    assertThat(copy).isEqualTo(trial.userAttrs());
  }

  @Test
  void aRecordThatIsCutIsRefusedAtOnce() throws SQLException {
    String record = Records.write(trial(new Random(1)));
    for (int length = 0; length < record.length(); length++) {
      String cut = record.substring(0, length);
      assertThatThrownBy(() -> Records.open(cut))
          .isInstanceOf(SQLException.class)
          .hasMessageStartingWith("trials.record is not JSON: line 1, column ");
    }
  }

  @Test
  void aDamagedDocumentIsNamedToWhoeverAsksForIt() throws SQLException {
    String record =
        "{\"trial_id\":7,\"number\":7,\"state\":\"COMPLETE\",\"params\":{\"x\":1},"
            + "\"user_attrs\":{\"a\":tru],\"attempts\":1}";
    FrozenTrial trial = Records.open(record.replace("]", "}"));
    assertThat(trial.params()).isEqualTo(Json.object().put("x", 1));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> trial.userAttrs().get("a"))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("a document of a trial's record is not JSON: line 1, column ")
          .hasMessageEndingWith("; 'assay verify' says what is wrong");
    }
    FrozenTrial other = Records.open(record);
    assertThatThrownBy(() -> other.userAttrs().isEmpty()).isInstanceOf(StoreException.class);
  }
}
