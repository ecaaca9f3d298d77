package dev.assay.storage.optuna;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialFiles;
import dev.assay.storage.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The parents of a genetic sampler's generations, in a storage where trials have other ids. */
final class ParentIdsTest {
  private static StudyRecord study(String attributes) throws JsonProcessingException {
    ObjectNode systemAttrs = (ObjectNode) Json.parse(attributes.replace('\'', '"'));
    return new StudyRecord(
        1, "s", List.of(Direction.MINIMIZE), Json.object(), systemAttrs, TrialFiles.KEEP);
  }

  private static ParentIds seen(StudyRecord study) throws JsonProcessingException {
    ParentIds parents = new ParentIds(study);
    for (int number = 0; number < 4; number++) {
      FrozenTrial.Builder trial = FrozenTrial.builder().id(100 + number).number(number);
      if (number == 3) {
        trial.systemAttrs((ObjectNode) Json.parse("{\"assay:optuna\": {\"trial_id\": 90}}"));
      }
      parents.see(trial.build());
    }
    return parents;
  }

  @Test
  void theyBecomeTheNewIdsOfTheSameTrials() throws JsonProcessingException {
    StudyRecord study =
        study(
            "{'source_first_trial_id': 44, 'NSGAIISampler:parent:1': [46, 44, 90],"
                + " 'other': [44]}");
    assertThat(seen(study).renumbered(7).systemAttrs().toString())
        .isEqualTo(
            "{\"source_first_trial_id\":44,\"NSGAIISampler:parent:1\":[9,7,10],\"other\":[44]}");
  }

  @Test
  void aGenerationWithAnUnknownParentIsChosenAgain() throws JsonProcessingException {
    StudyRecord study =
        study("{'source_first_trial_id': 44, 'A:parent:1': [44, 47], 'A:parent:2': [45]}");
    assertThat(seen(study).renumbered(1).systemAttrs().toString())
        .isEqualTo("{\"source_first_trial_id\":44,\"A:parent:2\":[2]}");
  }

  @Test
  void inAStudyOfTheStoresOwnTheyAreItsIds() throws JsonProcessingException {
    StudyRecord study = study("{'A:parent:1': [101, 100]}");
    assertThat(seen(study).renumbered(0).systemAttrs().toString())
        .isEqualTo("{\"A:parent:1\":[1,0]}");
  }
}
