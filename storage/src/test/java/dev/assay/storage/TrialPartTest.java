package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrialPartTest {
  @TempDir Path store;
  private LakeFixture fixture;
  private long study;

  @BeforeEach
  void open() {
    fixture = new LakeFixture(store);
    study = fixture.createStudy("s");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) Json.parse(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static FrozenTrial.Builder complete() {
    return FrozenTrial.builder().state(TrialState.COMPLETE);
  }

  private void insertParams(String... params) {
    for (String text : params) {
      fixture.insert(study, complete().params(json(text)));
    }
  }

  /** Name and type of the promoted columns of the sealed part. */
  private Map<String, String> promotedTypes() throws Exception {
    fixture.seal(study);
    Map<String, String> types = new TreeMap<>();
    for (List<Object> row : fixture.query("DESCRIBE SELECT * FROM read_parquet(FILES)", "trials")) {
      String name = (String) row.get(0);
      if (name.matches("(?s)(params|metrics|user_attrs)_.*")) {
        types.put(name, (String) row.get(1));
      }
    }
    return types;
  }

  @Test
  void rowGroupsAreBoundedInBytes() throws Exception {
    Path file = store.resolve("large.parquet");
    List<Integer> megabytes = List.of(1, 40, 40, 90, 1, 1);
    try (TrialPart part = new TrialPart(file, study, List.of(), megabytes.size())) {
      for (int i = 0; i < megabytes.size(); i++) {
        part.add(complete().id(i).number(i).build(), "x".repeat(megabytes.get(i) << 20));
      }
      part.finish(Map.of());
    }
    assertThat(
            LakeFixture.query(
                "SELECT row_group_num_rows FROM parquet_metadata(FILES) "
                    + "WHERE path_in_schema = 'record' ORDER BY row_group_id",
                List.of(file)))
        .containsExactly(List.of(2L), List.of(1L), List.of(1L), List.of(2L));
  }

  @Test
  void fixedColumnsHaveTheirTypesInOrder() throws Exception {
    List<String> columns = new ArrayList<>();
    for (List<Object> row :
        LakeFixture.query(
            "DESCRIBE SELECT * FROM read_parquet(FILES)",
            List.of(store.resolve("lake/trials/empty.parquet")))) {
      columns.add(row.get(0) + " " + row.get(1));
    }
    assertThat(columns)
        .containsExactly(
            "study_id BIGINT",
            "trial_id BIGINT",
            "number BIGINT",
            "state VARCHAR",
            "value DOUBLE",
            "values DOUBLE[]",
            "datetime_start TIMESTAMP WITH TIME ZONE",
            "datetime_complete TIMESTAMP WITH TIME ZONE",
            "duration_seconds DOUBLE",
            "attempts INTEGER",
            "error VARCHAR",
            "worker VARCHAR",
            "trial_key VARCHAR",
            "signature VARCHAR",
            "trial_file VARCHAR",
            "legacy_trial_id VARCHAR",
            "constraints_ok BOOLEAN",
            "params VARCHAR",
            "metrics VARCHAR",
            "user_attrs VARCHAR",
            "system_attrs VARCHAR",
            "intermediate_values VARCHAR",
            "record VARCHAR");
  }

  @Test
  void everyFieldComesBack() throws Exception {
    FrozenTrial.Builder trial =
        complete()
            .values(List.of(1.5, Double.NaN, Double.NEGATIVE_INFINITY))
            .params(json("{\"z\":{\"b\":1,\"a\":0.1},\"é😀\":\"é😀\"}"))
            .metrics(json("{\"m\":NaN}"))
            .userAttrs(json("{\"u\":[1,null]}"))
            .systemAttrs(json("{\"s\":{}}"))
            .intermediateValues(new TreeMap<>(Map.of(2L, Double.NaN, -1L, 0.5)))
            .start(Instant.parse("2026-01-02T03:04:05.123456Z"))
            .complete(Instant.parse("1969-12-31T23:59:59.999999Z"))
            .durationSeconds(0.25)
            .attempts(3)
            .error("no \u0000 luck 😀")
            .worker("w")
            .trialKey("k")
            .signature("sig")
            .trialFile("trial_001.json")
            .legacyTrialId(TextNode.valueOf("trial_007"))
            .constraintsOk(false);
    long id = fixture.insert(study, trial);
    fixture.seal(study);
    List<Object> row =
        fixture
            .query(
                "SELECT value, values::VARCHAR, epoch_us(datetime_start), epoch_us(datetime_complete), "
                    + "duration_seconds, attempts, error, worker, trial_key, signature, trial_file, "
                    + "legacy_trial_id, constraints_ok, params, metrics, user_attrs, system_attrs, "
                    + "intermediate_values, record, trial_id, number, study_id, state "
                    + "FROM read_parquet(FILES)",
                "trials")
            .get(0);
    FrozenTrial whole = trial.id(id).number(0).build();
    assertThat(row.get(0)).isNull();
    assertThat(row.subList(1, 18))
        .containsExactly(
            "[1.5, nan, -inf]",
            1767323045123456L,
            -1L,
            0.25,
            3,
            "no \u0000 luck 😀",
            "w",
            "k",
            "sig",
            "trial_001.json",
            "trial_007",
            false,
            "{\"z\":{\"a\":0.1,\"b\":1},\"\\u00e9\\ud83d\\ude00\":\"\\u00e9\\ud83d\\ude00\"}",
            "{\"m\":NaN}",
            "{\"u\":[1,null]}",
            "{\"s\":{}}",
            "{\"-1\":0.5,\"2\":NaN}");
    assertThat(Records.read((String) row.get(18))).isEqualTo(whole);
    assertThat(row.subList(19, 23)).containsExactly(id, 0L, study, "COMPLETE");
  }

  @Test
  void missingFieldsAreNullAndDocumentsAreEmptyObjects() throws Exception {
    fixture.insert(study, FrozenTrial.builder().state(TrialState.FAIL));
    fixture.seal(study);
    assertThat(
            fixture.query(
                "SELECT coalesce(value, duration_seconds) IS NULL, values IS NULL, "
                    + "coalesce(datetime_start, datetime_complete) IS NULL, "
                    + "coalesce(error, worker, trial_key, signature, trial_file, legacy_trial_id) IS NULL, "
                    + "constraints_ok IS NULL, params || metrics || user_attrs || system_attrs "
                    + "|| intermediate_values FROM read_parquet(FILES)",
                "trials"))
        .containsExactly(List.of(true, true, true, true, true, "{}{}{}{}{}"));
  }

  @Test
  void doublesKeepTheirBits() throws Exception {
    double[] values = {-0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, 0.1};
    for (double value : values) {
      fixture.insert(study, complete().value(value).metrics(Json.object().put("m", value)));
    }
    fixture.seal(study);
    List<List<Object>> rows =
        fixture.query("SELECT value, metrics_m FROM read_parquet(FILES) ORDER BY number", "trials");
    for (int i = 0; i < values.length; i++) {
      assertThat(Double.doubleToLongBits((double) rows.get(i).get(0)))
          .isEqualTo(Double.doubleToLongBits(values[i]));
      assertThat(Double.doubleToLongBits((double) rows.get(i).get(1)))
          .isEqualTo(Double.doubleToLongBits(values[i]));
    }
  }

  @Test
  void promotedColumnsHaveTheNarrowestTypeThatHoldsEveryValue() throws Exception {
    insertParams(
        "{\"i\":1,\"d\":1,\"b\":true,\"s\":\"x\",\"mix\":1,\"big\":1,\"a\":[1],\"e\":{},\"n\":null,"
            + "\"in\":{\"x\":1,\"y\":{\"z\":2.5}},\"tb\":true,\"w\":9007199254740993,"
            + "\"min\":-9223372036854775808}",
        "{\"i\":-9223372036854775808,\"d\":1.5,\"b\":false,\"s\":\"\",\"mix\":\"x\","
            + "\"big\":9223372036854775808,\"a\":[],\"e\":{},\"n\":null,\"in\":7,\"tb\":1,\"w\":0.5,"
            + "\"min\":1}");
    assertThat(promotedTypes())
        .isEqualTo(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("params_i", "BIGINT"),
                    Map.entry("params_min", "BIGINT"),
                    Map.entry("params_d", "DOUBLE"),
                    Map.entry("params_b", "BOOLEAN"),
                    Map.entry("params_s", "VARCHAR"),
                    Map.entry("params_mix", "VARCHAR"),
                    Map.entry("params_big", "VARCHAR"),
                    Map.entry("params_a", "VARCHAR"),
                    Map.entry("params_e", "VARCHAR"),
                    Map.entry("params_in", "BIGINT"),
                    Map.entry("params_in.x", "BIGINT"),
                    Map.entry("params_in.y.z", "DOUBLE"),
                    Map.entry("params_tb", "VARCHAR"),
                    Map.entry("params_w", "VARCHAR"))));
    assertThat(
            fixture.query(
                "SELECT params_s, params_mix, params_big, params_a, params_e, params_in, "
                    + "\"params_in.y.z\", params_tb, params_w FROM read_parquet(FILES) ORDER BY number",
                "trials"))
        .isEqualTo(
            List.of(
                java.util.Arrays.asList(
                    "x", "1", "1", "[1]", "{}", null, 2.5, "true", "9007199254740993"),
                java.util.Arrays.asList(
                    "", "x", "9223372036854775808", "[]", "{}", 7L, null, "1", "0.5")));
  }

  @Test
  void hostileKeysGetReadableColumnsDistinctWithoutRegardToCase() throws Exception {
    String longKey = "k".repeat(600);
    ObjectNode params = Json.object();
    params.put("Lr", 1).put("lr", 2).put("LR", 3).put("", 4).put("a.b", 5).put("q\"'`;--", 6);
    params
        .put("😀", 7)
        .put(longKey, 8)
        .put(longKey + "x", 9)
        .put("nul\u0000\n", 10)
        .put("\u0001", 11);
    params.put("lr_2", 12).put("é", 13).put("e\u0301", 14);
    params.putObject("a").put("b", 15);
    fixture.insert(study, complete().params(params));
    Map<String, String> types = promotedTypes();
    assertThat(types)
        .hasSize(15)
        .containsKeys("params_LR", "params_", "params_a.b", "params_q\"'`;--");
    assertThat(types)
        .containsKeys("params_😀", "params_nul__", "params__", "params_é", "params_é_2");
    assertThat(types.keySet().stream().map(name -> name.toLowerCase(java.util.Locale.ROOT)))
        .doesNotHaveDuplicates();
    List<Object> values = new ArrayList<>();
    for (String name : types.keySet()) {
      values.add(
          fixture
              .query(
                  "SELECT \"" + name.replace("\"", "\"\"") + "\" FROM read_parquet(FILES)",
                  "trials")
              .get(0)
              .get(0));
    }
    assertThat(values)
        .containsExactlyInAnyOrder(
            1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L);
  }

  @Test
  void keysKeepTheirColumnFromPartToPart() throws Exception {
    insertParams("{\"lr\":1}");
    assertThat(promotedTypes()).containsOnlyKeys("params_lr");
    insertParams("{\"LR\":0.5,\"lr\":2}");
    assertThat(promotedTypes()).containsOnlyKeys("params_lr");
    assertThat(
            fixture.query(
                "SELECT params_lr, params_LR_2 FROM read_parquet(FILES, union_by_name = true) ORDER BY number",
                "trials"))
        .isEqualTo(List.of(java.util.Arrays.asList(1L, null), List.of(2L, 0.5)));
  }

  @Test
  void rareAndExcessiveKeysAreNotPromoted() throws Exception {
    ObjectNode wide = Json.object();
    for (int i = 0; i < 600; i++) {
      wide.put("m" + i, i);
    }
    for (int i = 0; i < 101; i++) {
      ObjectNode attributes = Json.object().put("often", i);
      if (i == 50) {
        attributes.put("once", 1);
      }
      fixture.insert(study, complete().userAttrs(attributes));
    }
    assertThat(promotedTypes()).containsOnlyKeys("user_attrs_often");
    fixture.insert(study, complete().metrics(wide));
    fixture.seal(study);
    Path last = fixture.files("trials").get(1);
    assertThat(
            LakeFixture.query(
                "DESCRIBE SELECT * EXCLUDE (study) FROM read_parquet(FILES)", List.of(last)))
        .hasSize(23 + ColumnMap.MAX_COLUMNS - 1);
  }

  @Test
  void fileTellsItsStudyAndColumnsAndHasABloomFilter() throws Exception {
    for (int i = 0; i < 300; i++) {
      fixture.insert(
          study, complete().value(i).signature("sig" + i).params(json("{\"a\":{\"b\":1}}")));
    }
    fixture.seal(study);
    Map<String, String> metadata = new TreeMap<>();
    fixture
        .query("SELECT decode(key), decode(value) FROM parquet_kv_metadata(FILES)", "trials")
        .forEach(row -> metadata.put((String) row.get(0), (String) row.get(1)));
    assertThat(metadata)
        .containsEntry("assay.format", "1")
        .containsEntry("assay.kind", "trials")
        .containsEntry("assay.study_id", Long.toString(study))
        .containsEntry("assay.study_name", "s")
        .containsEntry("assay.directions", "[\"MAXIMIZE\"]")
        .containsEntry("assay.user_attrs", "{\"k\":1}")
        .containsEntry(
            "assay.columns", "[{\"section\":\"params\",\"key\":\"a.b\",\"name\":\"params_a.b\"}]");
    String probe =
        "SELECT bool_or(NOT bloom_filter_excludes) FROM parquet_bloom_probe(FILES, 'signature', '%s')";
    assertThat(fixture.query(probe.formatted("sig7"), "trials")).isEqualTo(List.of(List.of(true)));
    assertThat(fixture.query(probe.formatted("other"), "trials"))
        .isEqualTo(List.of(List.of(false)));
    assertThat(
            fixture.query(
                "SELECT path_in_schema, stats_min_value, stats_max_value FROM parquet_metadata(FILES) "
                    + "WHERE path_in_schema IN ('trial_id', 'number', 'value', 'state') ORDER BY 1",
                "trials"))
        .containsExactly(
            List.of("number", "0", "299"),
            List.of("state", "COMPLETE", "COMPLETE"),
            List.of("trial_id", "0", "299"),
            List.of("value", "0.0", "299.0"));
  }
}
