package dev.assay.storage.migrate;

import dev.assay.storage.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the runs below some paths. A folder counts once, however many paths lead to it; symbolic
 * links are not followed, except where one is a given path itself.
 */
final class LegacyTree {
  private final List<LegacyFolder> found = new ArrayList<>();
  private final List<SourceReport> skipped = new ArrayList<>();
  private final Set<Path> visited = new HashSet<>();

  private final Set<Path> elsewhere;

  private LegacyTree(Set<Path> elsewhere) {
    this.elsewhere = elsewhere;
  }

  /**
   * Looks through all of {@code paths}; no file is opened.
   *
   * @param elsewhere files that are sources themselves, by their real paths: they are not reported
   * @throws StoreException when one of the paths does not exist
   */
  static LegacyTree of(List<Path> paths, Set<Path> elsewhere) {
    LegacyTree tree = new LegacyTree(elsewhere);
    List<Path> real = new ArrayList<>();
    for (Path path : paths) {
      try {
        real.add(path.toRealPath());
      } catch (IOException e) {
        throw new StoreException(
            "%s: no such file or folder; give a run's folder, or a folder of runs".formatted(path),
            e);
      }
    }
    real.forEach(tree::addPath);
    return tree;
  }

  /** Runs and campaigns, each parent before what lies in it. */
  List<LegacyFolder> folders() {
    return List.copyOf(found);
  }

  /** What is not taken, with the reason. */
  List<SourceReport> skipped() {
    return List.copyOf(skipped);
  }

  private void addPath(Path path) {
    if (!Files.isDirectory(path)) {
      skipped.add(
          SourceReport.skipped(
              "file", path, 1, "a file" + hint(List.of(path), ": give a run's folder"), List.of()));
      return;
    }
    if (visited.contains(path)) {
      skipped.add(
          SourceReport.skipped(
              "folder", path, 0, "another of the given paths leads to it already", List.of()));
      return;
    }
    Node root = node(path, false);
    if (!root.holdsRun) {
      skipRunless(root);
      return;
    }
    if (!root.run && (!root.listing.files().isEmpty() || !root.listing.others().isEmpty())) {
      skipLoose(root);
    }
    collect(root, root, null);
  }

  /** A folder on the way: what it holds, and whether a run is in it or below. */
  private static final class Node {
    private final Path directory;
    private final boolean run;
    private final boolean inRun;
    private final FolderListing listing;
    private final List<Node> children = new ArrayList<>();
    private final @Nullable String problem;
    private boolean holdsRun;

    Node(Path directory, FolderListing listing, boolean inRun, @Nullable String problem) {
      this.directory = directory;
      this.run = listing.isRun();
      this.inRun = inRun || run;
      // A run's files are listed when its turn comes: there may be very many.
      this.listing = this.inRun ? new FolderListing(List.of(), List.of(), List.of()) : listing;
      this.problem = problem;
    }

    long fileCount() {
      return listing.files().size() + children.stream().mapToLong(Node::fileCount).sum();
    }

    void addFilesTo(List<Path> files) {
      files.addAll(listing.files());
      children.forEach(child -> child.addFilesTo(files));
    }

    void addNestedRunsTo(Set<Path> runs) {
      for (Node child : children) {
        if (child.run) {
          runs.add(child.directory);
        } else {
          child.addNestedRunsTo(runs);
        }
      }
    }
  }

  private Node node(Path directory, boolean inRun) {
    FolderListing listing;
    String problem = null;
    try {
      listing = FolderListing.of(directory);
    } catch (IOException e) {
      listing = new FolderListing(List.of(), List.of(), List.of());
      problem = "cannot be read: " + e.getMessage();
    }
    if (problem == null && listing.isStore()) {
      listing = new FolderListing(List.of(), List.of(), List.of());
      problem = "an Assay store, not a legacy run";
    }
    listing = listing.without(elsewhere);
    Node node = new Node(directory, listing, inRun, problem);
    for (Path folder : listing.folders()) {
      node.children.add(node(folder, node.inRun));
    }
    node.holdsRun = node.run || node.children.stream().anyMatch(child -> child.holdsRun);
    return node;
  }

  private void collect(Node node, Node root, @Nullable LegacyFolder run) {
    if (!visited.add(node.directory)) {
      return;
    }
    LegacyFolder inside = run;
    if (node.run) {
      inside = folder(LegacyFolder.Kind.RUN, node, root, run);
      found.add(inside);
    } else if (run == null && node != root && !node.listing.files().isEmpty()) {
      found.add(folder(LegacyFolder.Kind.CAMPAIGN, node, root, null));
    }
    for (Node child : node.children) {
      if (child.holdsRun) {
        collect(child, root, inside);
      } else if (inside == null) {
        skipRunless(child);
      }
    }
  }

  private static LegacyFolder folder(
      LegacyFolder.Kind kind, Node node, Node root, @Nullable LegacyFolder parent) {
    Set<Path> nested = new HashSet<>();
    node.addNestedRunsTo(nested);
    String relative = slashes(root.directory.relativize(node.directory));
    String rootName = FolderListing.nameOf(root.directory);
    String name = relative;
    if (root.run) {
      name = relative.isEmpty() ? rootName : rootName + "/" + relative;
    }
    return new LegacyFolder(kind, node.directory, name, parent, nested);
  }

  private void skipRunless(Node node) {
    if (!visited.add(node.directory)) {
      return;
    }
    List<Path> files = new ArrayList<>();
    node.addFilesTo(files);
    boolean holdsSources = elsewhere.stream().anyMatch(file -> file.startsWith(node.directory));
    if (files.isEmpty() && holdsSources && node.problem == null) {
      return;
    }
    String reason = node.problem == null ? "holds no run" + hint(files, "") : node.problem;
    skipped.add(
        SourceReport.skipped("folder", node.directory, node.fileCount(), reason, List.of()));
  }

  private void skipLoose(Node root) {
    List<Path> files = root.listing.files();
    List<Finding> findings = new ArrayList<>();
    for (Path file : files) {
      findings.add(
          new Finding(
              Finding.Kind.SKIPPED,
              FolderListing.nameOf(file),
              "a loose file" + hint(List.of(file), "")));
    }
    for (Path other : root.listing.others()) {
      findings.add(
          new Finding(
              Finding.Kind.SKIPPED, FolderListing.nameOf(other), FolderListing.whyNot(other)));
    }
    skipped.add(
        SourceReport.skipped(
            "files",
            root.directory,
            findings.size(),
            "loose files beside the runs are not taken"
                + hint(files, "; to keep them, give the folder above"),
            findings));
  }

  /** What to do with the kinds of files that a legacy project has beside its runs. */
  private static String hint(List<Path> files, String otherwise) {
    List<String> names =
        files.stream().map(file -> FolderListing.nameOf(file).toLowerCase(Locale.ROOT)).toList();
    StringBuilder hint = new StringBuilder();
    if (names.stream().anyMatch(name -> name.endsWith(".db") || name.endsWith(".sqlite3"))) {
      hint.append("; of databases those are taken that Optuna wrote");
    }
    if (names.stream().anyMatch(name -> name.endsWith(".yaml") || name.endsWith(".yml"))) {
      hint.append("; study files are used with 'assay run'");
    }
    return hint.isEmpty() ? otherwise : hint.toString();
  }

  private static String slashes(Path relative) {
    return relative.toString().replace(relative.getFileSystem().getSeparator(), "/");
  }
}
