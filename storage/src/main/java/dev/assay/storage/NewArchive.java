package dev.assay.storage;

import dev.assay.storage.PartReader.FileRow;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of the {@link NewParts} that holds files. Not safe to share between threads. */
final class NewArchive implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NewArchive.class);

  private final NewParts parts;
  private final PartWriter writer;
  private final Part part;
  private final ArchivePart archive;

  NewArchive(NewParts parts, PartWriter writer, long studyId) throws IOException {
    this.parts = parts;
    this.writer = writer;
    this.part = parts.reserve(Kind.FILES);
    this.archive = new ArchivePart(writer.temporary(part), studyId);
  }

  /**
   * Takes a file's content.
   *
   * @return its SHA-256, in hexadecimal
   */
  String add(String path, @Nullable String trialFile, byte[] content) throws IOException {
    String sha256 = PartOutput.sha256(content);
    archive.add(path, trialFile, sha256, content);
    return sha256;
  }

  /**
   * Takes a file of any size.
   *
   * @return the SHA-256 of the content, in hexadecimal
   * @throws IOException also where the file changes between the two times that it is read
   */
  String add(String path, @Nullable String trialFile, Path file) throws IOException {
    long size = Files.size(file);
    String sha256 = PartCheck.sha256(file);
    MessageDigest digest = PartOutput.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      archive.add(new FileRow(path, trialFile, size, sha256, 0, 1), in);
      if (in.read() >= 0 || !HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
        throw new IOException(file + " changed while it was read; try again");
      }
    }
    return sha256;
  }

  /** How much content was added, in bytes. */
  long bytes() {
    return archive.bytes();
  }

  /** Ends the file, and puts it on disk under its lasting name. */
  void finish(PartMetadata metadata) throws IOException {
    try (archive) {
      parts.add(part, archive.finish(metadata.of(Kind.FILES, List.of())));
    }
    writer.publish(part);
  }

  /** Lets go of a file that is not finished, and is deleted next. */
  @Override
  public void close() {
    try {
      archive.close();
    } catch (UncheckedIOException e) {
      LOG.debug("the rest of {}: {}", part, e.toString());
    }
  }
}
