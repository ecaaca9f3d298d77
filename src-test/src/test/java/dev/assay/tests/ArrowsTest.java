package dev.assay.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Which room may know which: the arrows of CONTRIBUTING.md. */
final class ArrowsTest {
  /** The program's own, without what is generated for the wire. */
  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("/engine/grpc/wire/"))
          .importPackages("dev.assay.storage", "dev.assay.analytics", "dev.assay.engine");

  @Test
  void modulesPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("storage")
        .definedBy("dev.assay.storage..")
        .layer("analytics")
        .definedBy("dev.assay.analytics..")
        .layer("engine")
        .definedBy("dev.assay.engine..")
        .whereLayer("engine")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("analytics")
        .mayOnlyBeAccessedByLayers("engine")
        .check(CLASSES);
  }

  @Test
  void packagesOfStoragePointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("json")
        .definedBy("dev.assay.storage.json")
        .layer("store")
        .definedBy("dev.assay.storage")
        .layer("migrate")
        .definedBy("dev.assay.storage.migrate")
        .layer("optuna")
        .definedBy("dev.assay.storage.optuna")
        .layer("sources")
        .definedBy("dev.assay.storage.sources")
        .layer("export")
        .definedBy("dev.assay.storage.export")
        .whereLayer("export")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("sources")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("optuna")
        .mayOnlyBeAccessedByLayers("sources", "export")
        .whereLayer("migrate")
        .mayOnlyBeAccessedByLayers("optuna", "sources", "export")
        .whereLayer("store")
        .mayOnlyBeAccessedByLayers("migrate", "optuna", "sources", "export")
        .check(CLASSES);
  }

  @Test
  void packagesOfAnalyticsPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("analytics")
        .definedBy("dev.assay.analytics")
        .layer("report")
        .definedBy("dev.assay.analytics.report")
        .whereLayer("report")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  @Test
  void packagesOfTheEnginePointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("space")
        .definedBy("dev.assay.engine.space")
        .layer("history")
        .definedBy("dev.assay.engine.history")
        .layer("sampler")
        .definedBy("dev.assay.engine.sampler")
        .layer("pruner")
        .definedBy("dev.assay.engine.pruner")
        .layer("objective")
        .definedBy("dev.assay.engine.objective")
        .layer("engine")
        .definedBy("dev.assay.engine")
        .layer("grpc")
        .definedBy("dev.assay.engine.grpc")
        .layer("cli")
        .definedBy("dev.assay.engine.cli")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("grpc")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("engine")
        .mayOnlyBeAccessedByLayers("objective", "cli")
        .whereLayer("objective")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("history")
        .mayOnlyBeAccessedByLayers("sampler", "pruner", "engine", "cli")
        .whereLayer("pruner")
        .mayOnlyBeAccessedByLayers("engine", "cli")
        .whereLayer("sampler")
        .mayOnlyBeAccessedByLayers("engine", "cli")
        .check(CLASSES);
  }

  /** What does not is out of reach for the tests of power failures and of bad disks. */
  @Test
  void storageTouchesTheDiskThroughPathsOnly() {
    noClasses()
        .that()
        .resideInAPackage("dev.assay.storage..")
        .should()
        .callMethod(Path.class, "toFile")
        .orShould()
        .callMethod(Path.class, "of", String.class, String[].class)
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(
            File.class,
            FileInputStream.class,
            FileOutputStream.class,
            FileReader.class,
            FileWriter.class,
            RandomAccessFile.class)
        .check(CLASSES);
  }

  @Test
  void noPackageIsPartOfACycle() {
    slices().matching("dev.assay.(**)").should().beFreeOfCycles().check(CLASSES);
  }
}
