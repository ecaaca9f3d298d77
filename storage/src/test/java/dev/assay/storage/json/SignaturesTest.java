package dev.assay.storage.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("performance")
class SignaturesTest {
  @Test
  void aChangeAfterTheAnswerIsSeen() {
    Signatures signatures = new Signatures(10, 10);
    ObjectNode params = Json.object().put("a", 1);
    params.putObject("nested").put("x", 0.5);
    String key = signatures.trialKey(params);
    String signature = signatures.parameterSignature(params);
    ((ObjectNode) params.get("nested")).put("x", 0.25);
    assertThat(signatures.trialKey(params)).isNotEqualTo(key);
    assertThat(signatures.parameterSignature(params)).isNotEqualTo(signature);
    ((ObjectNode) params.get("nested")).put("x", 0.5);
    assertThat(signatures.trialKey(params)).isEqualTo(key);
    assertThat(signatures.keyStatistics()).isEqualTo(new CacheStatistics(1, 2, 2, 10));
  }

  @Test
  void setsThatDifferOnlyInTheKindOfAValueStayApart() throws JsonProcessingException {
    Signatures signatures = new Signatures(100, 100);
    List<String> values =
        List.of(
            "1",
            "1.0",
            "true",
            "\"1\"",
            "0",
            "0.0",
            "-0.0",
            "false",
            "null",
            "\"null\"",
            "NaN",
            "Infinity",
            "-Infinity",
            "\"NaN\"",
            "[]",
            "{}",
            "\"\"",
            "[1]",
            "[[1]]",
            "{\"k\":1}",
            "4294967296",
            "9223372036854775808",
            "\"9223372036854775808\"",
            "[1,2]",
            "[[1],2]");
    HashSet<String> keys = new HashSet<>();
    HashSet<String> names = new HashSet<>();
    for (int pass = 0; pass < 2; pass++) {
      for (String value : values) {
        ObjectNode params = (ObjectNode) Json.parse("{\"x\":" + value + "}");
        keys.add(signatures.trialKey(params));
        names.add(signatures.parameterSignature(params));
      }
    }
    assertThat(keys).hasSameSizeAs(values);
    assertThat(names).hasSameSizeAs(values);
    assertThat(signatures.keyStatistics().hits()).isEqualTo(values.size());
  }

  @Test
  void theOrderOfKeysAndNoiseInTheLastDigitsDoNotCount() throws JsonProcessingException {
    Signatures signatures = new Signatures(10, 10);
    ObjectNode one = (ObjectNode) Json.parse("{\"a\": 0.1, \"b\": 0.3}");
    ObjectNode other = (ObjectNode) Json.parse("{\"b\": 0.30000000000000004, \"a\": 0.1}");
    assertThat(signatures.parameterSignature(one)).isEqualTo(signatures.parameterSignature(other));
    assertThat(signatures.trialKey(one)).isNotEqualTo(signatures.trialKey(other));
  }

  @Test
  void switchedOffItGivesTheSameAnswers() {
    Signatures off = new Signatures(0, 0);
    Signatures on = new Signatures(10, 10);
    ObjectNode params = Json.object().put("x", 0.1);
    for (int i = 0; i < 3; i++) {
      assertThat(off.trialKey(params)).isEqualTo(on.trialKey(params));
      assertThat(off.parameterSignature(params)).isEqualTo(on.parameterSignature(params));
    }
    assertThat(off.keyStatistics()).isEqualTo(new CacheStatistics(0, 3, 0, 0));
    assertThat(off.signatureStatistics()).isEqualTo(new CacheStatistics(0, 3, 0, 0));
    assertThat(on.keyStatistics()).isEqualTo(new CacheStatistics(2, 1, 1, 10));
  }

  @Test
  void keepsItsLimitAndCanBeResizedAndCleared() {
    Signatures signatures = new Signatures(10, 5);
    for (int i = 0; i < 100; i++) {
      ObjectNode params = Json.object().put("x", i);
      signatures.trialKey(params);
      signatures.parameterSignature(params);
    }
    assertThat(signatures.keyStatistics()).isEqualTo(new CacheStatistics(0, 100, 10, 10));
    assertThat(signatures.signatureStatistics()).isEqualTo(new CacheStatistics(0, 100, 5, 5));
    signatures.resize(0, 20);
    assertThat(signatures.keyStatistics()).isEqualTo(new CacheStatistics(0, 100, 0, 0));
    assertThat(signatures.signatureStatistics()).isEqualTo(new CacheStatistics(0, 100, 0, 20));
    signatures.clear();
    assertThat(signatures.signatureStatistics()).isEqualTo(new CacheStatistics(0, 0, 0, 20));
    assertThatThrownBy(() -> signatures.resize(-1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a cache's limit is -1, expected 0 (off) or more");
  }

  @Test
  void aVeryLargeSetIsNamedWithoutBeingRemembered() {
    Signatures signatures = new Signatures(10, 10);
    ObjectNode large = Json.object().put("x", "y".repeat(100_000));
    ObjectNode many = Json.object();
    for (int i = 0; i < 10_000; i++) {
      many.put("k" + i, i);
    }
    for (ObjectNode params : List.of(large, many, large)) {
      assertThat(signatures.trialKey(params)).isEqualTo(new Signatures(0, 0).trialKey(params));
    }
    assertThat(signatures.keyStatistics()).isEqualTo(new CacheStatistics(0, 3, 0, 10));
  }

  @Test
  void theSharedInstanceHasTheDefaultLimits() {
    assertThat(Signatures.shared().keyStatistics().limit()).isEqualTo(10_000);
    assertThat(Signatures.shared().signatureStatistics().limit()).isEqualTo(5_000);
  }

  @Test
  void threadsShareItWhileItIsResizedAndCleared() throws InterruptedException, ExecutionException {
    Signatures plain = new Signatures(0, 0);
    List<ObjectNode> sets = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      sets.add(Json.object().put("x", i / 7.0).put("y", "text " + i));
      expected.add(plain.parameterSignature(sets.get(i)));
    }
    Signatures signatures = new Signatures(50, 50);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<List<String>>> answers = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int thread = t;
        answers.add(
            threads.submit(
                () -> {
                  List<String> own = new ArrayList<>();
                  for (int i = 0; i < sets.size(); i++) {
                    own.add(signatures.parameterSignature(sets.get(i)));
                    if (i % 50 == 10 * thread) {
                      signatures.resize(thread % 3 * 20, thread % 3 * 20);
                      signatures.clear();
                    }
                  }
                  return own;
                }));
      }
      for (Future<List<String>> answer : answers) {
        assertThat(answer.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void eightThreadsFillItToItsLimitsAndGetTheAnswersOfNoCache() throws Exception {
    int keyLimit = Signatures.DEFAULT_KEY_LIMIT;
    int signatureLimit = Signatures.DEFAULT_SIGNATURE_LIMIT;
    Signatures plain = new Signatures(0, 0);
    List<ObjectNode> sets = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 2 * keyLimit; i++) {
      ObjectNode set = Json.object().put("x", i / 7.0).put("y", "text " + i);
      sets.add(set);
      expected.add(plain.trialKey(set) + plain.parameterSignature(set));
    }
    Signatures signatures = new Signatures(keyLimit, signatureLimit);

    for (int round = 0; round < 2; round++) {
      assertEightThreadsGet(expected, signatures, sets);
      CacheStatistics keys = signatures.keyStatistics();
      CacheStatistics names = signatures.signatureStatistics();
      assertThat(keys.size()).isEqualTo(keyLimit);
      assertThat(names.size()).isEqualTo(signatureLimit);
      assertThat(keys.hits() + keys.misses()).isEqualTo(8L * sets.size());
      assertThat(names.hits() + names.misses()).isEqualTo(8L * sets.size());

      signatures.clear();
      assertThat(signatures.keyStatistics()).isEqualTo(new CacheStatistics(0, 0, 0, keyLimit));
      assertThat(signatures.signatureStatistics())
          .isEqualTo(new CacheStatistics(0, 0, 0, signatureLimit));
    }

    signatures.resize(0, 0);
    assertEightThreadsGet(expected, signatures, sets);
    CacheStatistics off = new CacheStatistics(0, 8L * sets.size(), 0, 0);
    assertThat(signatures.keyStatistics()).isEqualTo(off);
    assertThat(signatures.signatureStatistics()).isEqualTo(off);
  }

  /** Each thread asks for all of them, and begins at another place. */
  private static void assertEightThreadsGet(
      List<String> expected, Signatures signatures, List<ObjectNode> sets)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<List<String>>> answers = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int begin = t * sets.size() / 8;
        answers.add(
            threads.submit(
                () -> {
                  List<String> own = new ArrayList<>(expected.size());
                  for (int i = 0; i < sets.size(); i++) {
                    ObjectNode set = sets.get((begin + i) % sets.size());
                    own.add(signatures.trialKey(set) + signatures.parameterSignature(set));
                  }
                  Collections.rotate(own, begin);
                  return own;
                }));
      }
      for (Future<List<String>> answer : answers) {
        // Without a text of both lists, which are long.
        assertThat(answer.get().equals(expected)).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
