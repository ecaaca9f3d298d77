package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seal takes away what the trial files are made of. */
class SealedTrialFilesTest {
  @TempDir Path directory;
  private Store store;
  private StudyFixture study;

  @BeforeEach
  void open() {
    store = Store.open(directory.resolve("store"));
    study = StudyFixture.open(store, "study");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void reopen(StoreOptions options) {
    store.close();
    store = Store.open(store.directory(), options);
    // Opening the study would write what is missing as well.
    study = new StudyFixture(store, study.study());
  }

  @Test
  void aSealWritesTheFilesThatAnotherProcessDidNotComeToWrite() throws IOException {
    study.evaluate(1, 1);
    reopen(StoreOptions.DEFAULT);
    Files.delete(study.trialFile(0));

    study.seal();

    assertThat(study.trialFile(0)).isRegularFile();
  }

  @Test
  void aSealThatIsDueWritesTheFilesThatAnotherProcessDidNotComeToWrite() throws IOException {
    study.evaluate(1, 1);
    reopen(new StoreOptions(Duration.ofMinutes(1), 2));
    Files.delete(study.trialFile(0));

    study.evaluate(2, 2);
    store.flush();

    assertThat(study.trialFile(0)).isRegularFile();
    assertThat(study.trialFile(1)).isRegularFile();
  }

  @Test
  void aFileThatFailedIsForgottenWhenAnotherProcessHasSealedItsTrial() throws IOException {
    Files.createDirectory(study.trialFile(0));
    study.evaluate(1, 1);
    assertThatThrownBy(() -> store.flush()).isInstanceOf(StoreException.class);
    Files.delete(study.trialFile(0));
    try (Store other = Store.open(store.directory())) {
      other.seal(study.id());
    }
    study.evaluate(2, 2);

    store.flush();

    assertThat(study.trialFile(0)).isRegularFile();
    assertThat(study.trialFile(1)).isRegularFile();
  }

  @Test
  void trialsWhoseFilesCannotBeWrittenAreNotSealed() throws IOException {
    reopen(new StoreOptions(Duration.ofMinutes(1), 2));
    Files.createDirectory(study.trialFile(0));
    study.evaluate(1, 1);
    study.evaluate(2, 2);
    assertThatThrownBy(() -> store.flush())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot write " + study.trialFile(0));

    Files.delete(study.trialFile(0));
    store.flush();

    assertThat(study.trialFile(0)).isRegularFile();
  }
}
