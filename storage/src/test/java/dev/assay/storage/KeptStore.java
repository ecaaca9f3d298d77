package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A store that some version of Assay wrote, as its process left it when it was killed, and what
 * that version read from it.
 *
 * @param version of Assay
 */
record KeptStore(String version) {
  private static final Path FOLDER =
      Path.of(
          System.getProperty("assay.root", ".."), "storage/src/test/resources/dev/assay/storage");

  /** Longer texts are kept as their digest. */
  private static final int MAX_TEXT = 200;

  static List<KeptStore> all() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("store-") && name.endsWith(".zip"))
          .map(name -> new KeptStore(name.substring("store-".length(), name.length() - 4)))
          .sorted((a, b) -> a.version.compareTo(b.version))
          .toList();
    }
  }

  private Path zip() {
    return FOLDER.resolve("store-" + version + ".zip");
  }

  private Path json() {
    return FOLDER.resolve("store-" + version + ".json");
  }

  /** Keeps a store that is not written to at the moment, and what is read from it. */
  void keep(Path store, ObjectNode contents) throws IOException {
    Files.createDirectories(FOLDER);
    Files.write(json(), CanonicalJson.indentedBytes(contents));
    try (OutputStream out = Files.newOutputStream(zip());
        ZipOutputStream zip = new ZipOutputStream(out);
        Stream<Path> files = Files.walk(store)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(new ZipEntry(store.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, zip);
      }
    }
  }

  /** Puts a copy of the store into a new directory. */
  Path unpack(Path directory) throws IOException {
    try (InputStream in = Files.newInputStream(zip());
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = directory.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
    return directory;
  }

  /** What the version that wrote it read from it, in the form of {@link #read}. */
  JsonNode contents() throws IOException {
    return Json.parse(Files.readAllBytes(json()));
  }

  /**
   * Everything that a reader gets from a store, by study: its settings, all trials, its summary and
   * its restored files.
   *
   * @param scratch a new directory
   */
  static ObjectNode read(ReadableStore store, Path scratch) throws IOException {
    ObjectNode contents = Json.object();
    for (StudyRecord study : store.studies()) {
      ObjectNode node = contents.putObject(study.name());
      node.put("study_id", study.id());
      study.directions().forEach(direction -> node.withArray("directions").add(direction.name()));
      node.set("user_attrs", study.userAttrs());
      node.set("system_attrs", study.systemAttrs());
      node.put("trial_files", study.trialFiles().text());
      node.put("signatures", store.counts(study.id()).signatures());
      node.putArray("trials");
      try (Stream<FrozenTrial> trials = store.trials(study.id())) {
        trials.forEach(trial -> node.withArray("trials").add(shortened(TrialJson.toJson(trial))));
      }
      node.set("summary", summary(store.summary(study.id(), 3)));
      Path restored = scratch.resolve(Long.toString(study.id()));
      RestoreReport report = store.restore(study.id(), restored, path -> true);
      node.put("archived", report.archived());
      node.put("remade", report.remade());
      node.set("files", files(restored, report.remade() == 0));
    }
    return contents;
  }

  private static ObjectNode summary(StudySummary summary) {
    ObjectNode node = Json.object();
    StudySummary.States states = summary.states();
    node.put("complete", states.complete());
    node.put("pruned", states.pruned());
    node.put("fail", states.fail());
    StudySummary.Counts counts = summary.counts();
    node.put("total", counts.total());
    node.put("skipped", counts.skipped());
    node.put("failed", counts.failed());
    node.put("completed", counts.completed());
    node.put("valid", counts.valid());
    ObjectNode versions = node.putObject("score_versions");
    summary.scoreVersions().known().forEach(versions::put);
    node.put("unversioned", summary.scoreVersions().missing());
    node.put("total_duration_seconds", summary.totalDurationSeconds());
    node.put("mean_duration_seconds", summary.meanDurationSeconds());
    node.put("last_update", String.valueOf(summary.lastUpdate()));
    summary.top().forEach(trial -> node.withArray("top").add(shortened(trial.toJson())));
    return node;
  }

  /** Digests of what was archived, which comes back to the byte; what was remade, as it reads. */
  private static ObjectNode files(Path directory, boolean archived) throws IOException {
    ObjectNode node = Json.object();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String path = directory.relativize(file).toString().replace('\\', '/');
        byte[] bytes = Files.readAllBytes(file);
        node.set(path, archived ? TextNode.valueOf(digest(bytes)) : shortened(Json.parse(bytes)));
      }
    }
    return node;
  }

  private static String digest(byte[] bytes) {
    return HexFormat.of().formatHex(PartOutput.sha256().digest(bytes));
  }

  private static JsonNode shortened(JsonNode value) {
    if (value instanceof ObjectNode object) {
      ObjectNode copy = Json.object();
      object.properties().forEach(m -> copy.set(m.getKey(), shortened(m.getValue())));
      return copy;
    }
    String text = value.textValue();
    return text == null || text.length() <= MAX_TEXT
        ? value
        : TextNode.valueOf(
            "%d characters, %s"
                .formatted(text.length(), digest(text.getBytes(StandardCharsets.UTF_8))));
  }
}
