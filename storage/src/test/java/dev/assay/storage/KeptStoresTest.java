package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stores that earlier versions wrote are read as those versions read them, and go on.
 *
 * <p>Each version keeps one, which stays as it is from its release on. The next version adds its
 * own, made by {@link KeptStoreProgram}:
 *
 * <pre>
 * mvn verify -Dtest=KeptStoresTest -Dassay.keep=VERSION -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 *
 * Where a test fails here, stores that are in use would not open any more: read the old format
 * beside the new one, or refuse it by its number (storage/FORMAT.md, Versions).
 */
@Tag("performance")
final class KeptStoresTest {
  @TempDir Path directory;

  @BeforeAll
  static void keepThisVersions(@TempDir Path scratch) throws IOException {
    String version = System.getProperty("assay.keep");
    if (version != null) {
      KeptStoreProgram.make(new KeptStore(version), scratch);
    }
  }

  static List<KeptStore> all() throws IOException {
    return KeptStore.all();
  }

  @Test
  void thereIsOne() throws IOException {
    assertThat(all()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("all")
  void isReadWithoutWritingToIt(KeptStore kept) throws IOException {
    Path copy = kept.unpack(directory.resolve("store"));
    try (ReadableStore store = Store.openReadOnly(copy)) {
      requireContents(kept, store);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void isSoundAndHoldsWhatItHeld(KeptStore kept) throws IOException {
    Path copy = kept.unpack(directory.resolve("store"));
    try (Store store = Store.openExisting(copy)) {
      assertThat(store.verify().faults()).isEmpty();
      requireContents(kept, store);
    }
    try (Store store = Store.openExisting(copy)) {
      assertThat(store.verify().faults()).isEmpty();
    }
  }

  private void requireContents(KeptStore kept, ReadableStore store) throws IOException {
    ObjectNode now = KeptStore.read(store, Files.createDirectories(directory.resolve("restored")));
    requireHeld(kept.version(), kept.contents(), Json.parse(CanonicalJson.compactBytes(now)));
  }

  /**
   * All that was there is there as it was; objects may have members of later versions beside it.
   */
  private static void requireHeld(String path, JsonNode kept, JsonNode now) {
    if (kept.isObject() && now.isObject()) {
      for (Map.Entry<String, JsonNode> member : kept.properties()) {
        String inner = path + " / " + member.getKey();
        assertThat(now.has(member.getKey())).as(inner).isTrue();
        requireHeld(inner, member.getValue(), now.path(member.getKey()));
      }
    } else if (kept.isArray() && now.isArray()) {
      assertThat(now).as(path).hasSize(kept.size());
      for (int i = 0; i < kept.size(); i++) {
        requireHeld(path + " / " + i, kept.path(i), now.path(i));
      }
    } else {
      assertThat(now).as(path).isEqualTo(kept);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void goesOn(KeptStore kept) throws IOException {
    Path copy = kept.unpack(directory.resolve("store"));
    try (Store store = Store.openExisting(copy)) {
      StudyRecord study =
          Objects.requireNonNull(store.findStudy(KeptStoreProgram.HOSTILE), "the study");
      long trials = kept.contents().path(study.name()).path("trials").size();
      String known = Signatures.shared().parameterSignature(KeptStoreProgram.WITHOUT_OUTCOME);
      assertThat(store.known(study.id(), Set.of(known))).containsExactly(known);
      assertThat(store.seen(study.id(), Set.of(known))).isEmpty();

      assertThat(store.findStudy(KeptStoreProgram.DELETED)).isNull();
      assertThat(claim(store, study, KeptStoreProgram.WITHOUT_OUTCOME))
          .isInstanceOf(Claim.Acquired.class);
      assertThat(claim(store, study, KeptStoreProgram.FINISHED))
          .isInstanceOf(Claim.Duplicate.class);
      Claim.Acquired fresh = (Claim.Acquired) claim(store, study, Json.object().put("x", "new"));
      assertThat(fresh.lease().number()).isEqualTo(trials + 1);
      Claim.Acquired takenOver = (Claim.Acquired) claim(store, study, KeptStoreProgram.RUNNING);
      assertThat(takenOver.lease().attempt()).isEqualTo(2);
      finish(store, fresh);
      finish(store, takenOver);
      store.seal(study.id());
      assertThat(store.verify().faults()).isEmpty();
    }
  }

  private static Claim claim(Store store, StudyRecord study, ObjectNode params) {
    return store.claim(study.id(), params, Json.object(), null);
  }

  private static void finish(Store store, Claim.Acquired claim) {
    store.finish(
        claim.lease(), FrozenTrial.builder().state(TrialState.COMPLETE).value(0.5).build());
  }
}
