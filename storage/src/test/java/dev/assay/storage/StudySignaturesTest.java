package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The signatures of a study in a store: known, held, added and taken out. */
@Tag("performance")
class StudySignaturesTest {
  @TempDir Path directory;
  private Store store;
  private long study;

  @BeforeEach
  void open() {
    store = Store.open(directory.resolve("store"));
    study = store.openStudy("s", List.of(Direction.MINIMIZE), Json.object(), Json.object()).id();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static ObjectNode params(int x) {
    return Json.object().put("x", x);
  }

  private static String signature(int x) {
    return Signatures.shared().parameterSignature(params(x));
  }

  private static List<String> signatures(int end) {
    return IntStream.range(0, end).mapToObj(StudySignaturesTest::signature).toList();
  }

  private Claim claim(int x) {
    return store.claim(study, params(x), Json.object(), null);
  }

  private Claim.Lease begin(int x) {
    Claim claim = claim(x);
    assertThat(claim).isInstanceOf(Claim.Acquired.class);
    return ((Claim.Acquired) claim).lease();
  }

  private static FrozenTrial complete(double value) {
    return FrozenTrial.builder().state(TrialState.COMPLETE).value(value).build();
  }

  @Test
  void aBatchThatIsAddedSaysHowManyWereNew() {
    begin(0);
    store.finish(begin(1), complete(1));

    assertThat(store.addSignatures(study, signatures(1000))).isEqualTo(998);
    assertThat(store.addSignatures(study, signatures(1000))).isZero();
    assertThat(store.addSignatures(study, List.of())).isZero();
    assertThat(store.counts(study).signatures()).isEqualTo(1000);
    assertThat(store.known(study, signatures(1001))).hasSize(1000);
    assertThat(store.seen(study, signatures(1001)))
        .containsExactlyInAnyOrder(signature(0), signature(1));
    assertThat(claim(0)).isInstanceOf(Claim.Duplicate.class);
    assertThat(claim(1)).isInstanceOf(Claim.Duplicate.class);
  }

  @Test
  void whatWasAddedWithoutAnOutcomeGoesToTheFirstThatAsks() {
    store.addSignatures(study, signatures(1));
    assertThat(store.findHolder(study, signature(0))).isNull();

    Claim.Lease lease = begin(0);

    assertThat(claim(0))
        .isEqualTo(new Claim.Duplicate(lease.trialId(), TrialState.RUNNING, List.of()));
  }

  @Test
  void aFinishedTrialsSignatureCanBeTakenOutAndARunningOnesCannot() {
    Claim.Lease running = begin(0);
    store.finish(begin(1), complete(1));
    store.addSignatures(study, List.of(signature(2)));

    assertThat(store.removeSignatures(study, signatures(4))).isEqualTo(2);
    assertThat(store.removeSignatures(study, signatures(4))).isZero();

    assertThat(store.known(study, signatures(4))).containsExactly(signature(0));
    assertThat(store.finish(running, complete(2)).value()).isEqualTo(2);
    assertThat(begin(1).number()).isEqualTo(2);
    assertThat(store.counts(study).complete()).isEqualTo(2);
  }

  @Test
  void theHolderIsWhatAClaimWouldFind() {
    assertThat(store.findHolder(study, signature(0))).isNull();
    Claim.Lease lease = begin(0);
    assertThat(store.findHolder(study, signature(0))).isEqualTo(claim(0));
    store.finish(lease, complete(0.25));
    assertThat(store.findHolder(study, signature(0)))
        .isEqualTo(new Claim.Duplicate(lease.trialId(), TrialState.COMPLETE, List.of(0.25)))
        .isEqualTo(claim(0));
    store.finish(begin(1), FrozenTrial.builder().state(TrialState.FAIL).error("x").build());
    assertThat(store.findHolder(study, signature(1))).isNull();
  }

  @Test
  void aStudyThatIsNotThereAndWhatIsNoSignatureAreRefused() {
    assertThatThrownBy(() -> store.addSignatures(99, signatures(1)))
        .hasMessage("there is no study with the id 99");
    assertThatThrownBy(() -> store.removeSignatures(99, signatures(1)))
        .hasMessage("there is no study with the id 99");
    assertThatThrownBy(() -> store.addSignatures(study, List.of(signature(0), "no good")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("'no good' is no signature");
    assertThat(store.counts(study).signatures()).isZero();
  }

  @Test
  void theLegacySignatureSaysWhatIsTheSame() {
    store.finish(begin(1), complete(1));
    for (double value : new double[] {1.0, 0.0, -0.0, Double.NaN}) {
      ObjectNode real = Json.object().put("x", value);
      assertThat(store.claim(study, real, Json.object(), null))
          .as("%s", real)
          .isInstanceOf(Claim.Acquired.class);
    }
    for (double same : new double[] {1 + 1e-11, 1e-11, -1e-11, 0.0 / 0.0}) {
      ObjectNode real = Json.object().put("x", same);
      assertThat(store.claim(study, real, Json.object(), null))
          .as("%s", real)
          .isInstanceOf(Claim.Duplicate.class);
    }
  }
}
