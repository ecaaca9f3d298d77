package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.Tombstones.Tombstone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TombstonesTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir Path store;

  private static Tombstone intended(long studyId) {
    return new Tombstone(studyId, "name '\"/ü " + studyId, 41, NOON, false);
  }

  @Test
  void aStoreWithoutDeletedStudiesHasNone() throws Exception {
    Tombstones tombstones = new Tombstones(store);

    assertThat(tombstones.list()).isEmpty();
    assertThat(tombstones.find(1)).isNull();
    assertThat(tombstones.isDeleted(1)).isFalse();
  }

  @Test
  void anIntendedTombstoneIsKeptAndItsStudyIsNotDeletedYet() throws Exception {
    Tombstones tombstones = new Tombstones(store);

    tombstones.write(intended(10));
    tombstones.write(intended(9));
    tombstones.write(intended(10));

    assertThat(new Tombstones(store).list()).containsExactly(intended(9), intended(10));
    assertThat(tombstones.isDeleted(10)).isFalse();
  }

  @Test
  void aFinalTombstoneSaysThatItsStudyIsDeleted() throws Exception {
    Tombstones tombstones = new Tombstones(store);
    tombstones.write(intended(9));
    tombstones.makeFinal(intended(9), 43);

    assertThat(tombstones.isDeleted(9)).isTrue();
    assertThat(tombstones.list())
        .containsExactly(new Tombstone(9, intended(9).name(), 43, NOON, true));
  }

  @Test
  void aTombstoneThatIsRemovedIsGone() throws Exception {
    Tombstones tombstones = new Tombstones(store);
    tombstones.write(intended(9));

    tombstones.remove(9);
    tombstones.remove(9);

    assertThat(tombstones.find(9)).isNull();
  }

  @Test
  void aFileThatCannotBeReadCountsAsFinal() throws Exception {
    Tombstones tombstones = new Tombstones(store);
    tombstones.write(intended(9));
    Path file = store.resolve("tombstones/study-9.json");
    for (String content : new String[] {"", "{", "[]", "{\"state\": \"intended\"}"}) {
      Files.writeString(file, content);

      assertThat(tombstones.isDeleted(9)).as(content).isTrue();
      assertThat(tombstones.list()).extracting(Tombstone::studyId).containsExactly(9L);
    }
  }

  @Test
  void otherFilesAreNoTombstones() throws Exception {
    Tombstones tombstones = new Tombstones(store);
    tombstones.write(intended(9));
    Files.writeString(store.resolve("tombstones/.study-8.json.tmp"), "{");
    Files.writeString(store.resolve("tombstones/notes.txt"), "x");

    assertThat(tombstones.list()).containsExactly(intended(9));
  }
}
