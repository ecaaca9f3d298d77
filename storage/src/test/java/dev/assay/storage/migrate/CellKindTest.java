package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.CanonicalJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CellKindTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 2 -3|[1,2,-3]",
        "1 99999999999999999999|[1,99999999999999999999]",
        "1 2.5|[1.0,2.5]",
        "1e-05 .5 5. +1|[1e-05,0.5,5.0,1.0]",
        "1.0 2.0|[1.0,2.0]",
        "6.0 empty 3.0|[6,null,3]",
        "6.0 empty 3.5|[6.0,null,3.5]",
        "6.0 empty 3|[6.0,null,3.0]",
        "nan inf -Infinity 1|[NaN,Infinity,-Infinity,1.0]",
        "1 NA None|[1,null,null]",
        "True false TRUE|[true,false,true]",
        "true 1|['true','1']",
        "adam None|['adam','None']",
        "007 1|['007','1']",
        "1_000 2|['1_000','2']",
        "0x10 1|['0x10','1']",
        "empty empty|[null,null]"
      })
  void aColumnHasTheNarrowestKindOfAllItsCells(String cells, String expected) {
    CellKind.Survey survey = new CellKind.Survey();
    List<@Nullable String> column = new ArrayList<>();
    for (String cell : cells.split(" ", -1)) {
      column.add(cell.equals("empty") ? null : cell);
    }
    column.forEach(survey::add);
    List<String> values = new ArrayList<>();
    for (String cell : column) {
      JsonNode value = survey.kind().read(cell);
      values.add(value == null ? "null" : CanonicalJson.compact(value));
    }
    assertThat("[" + String.join(",", values) + "]").isEqualTo(expected.replace('\'', '"'));
  }
}
