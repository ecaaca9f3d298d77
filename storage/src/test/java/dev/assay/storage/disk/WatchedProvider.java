package dev.assay.storage.disk;

import dev.assay.storage.disk.Operation.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Passes everything on to the default file system, and shows the watcher what changes it. */
final class WatchedProvider extends FileSystemProvider {
  private final WatchedDisk disk;
  private final Watcher watcher;

  WatchedProvider(WatchedDisk disk, Watcher watcher) {
    this.disk = disk;
    this.watcher = watcher;
  }

  private <T> T watched(Operation operation, Step<T> step) throws IOException {
    return step.run(watcher, operation);
  }

  private static Path real(Path path) {
    return WatchedPath.real(path);
  }

  private static Path absolute(Path path) {
    return real(path).toAbsolutePath();
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path file = absolute(path);
    boolean writes =
        options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
    boolean isThere = Files.exists(file);
    boolean isDirectory = Files.isDirectory(file);
    Step<FileChannel> open = () -> FileChannel.open(real(path), options, attributes);
    FileChannel channel;
    if (!writes) {
      channel = isDirectory ? open.run() : watched(Operation.of(Kind.READ, file), open);
    } else if (!isThere) {
      channel = watched(Operation.of(Kind.CREATE, file), open);
    } else if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
      channel = watched(Operation.truncate(file, 0), open);
    } else {
      channel = open.run();
    }
    return new WatchedChannel(
        watcher, channel, file, isDirectory, options.contains(StandardOpenOption.APPEND));
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    if (Files.exists(real(directory))) {
      // Only the error is wanted.
      Files.createDirectory(real(directory), attributes);
    }
    watched(
        Operation.of(Kind.MKDIR, absolute(directory)),
        () -> Files.createDirectory(real(directory), attributes));
  }

  @Override
  public void delete(Path path) throws IOException {
    if (!Files.exists(real(path), LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(real(path));
    }
    watched(
        Operation.of(Kind.DELETE, absolute(path)),
        () -> {
          Files.delete(real(path));
          return true;
        });
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    watched(
        Operation.rename(absolute(source), absolute(target)),
        () -> Files.move(real(source), real(target), options));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    watched(
        Operation.of(Kind.CREATE, absolute(target)),
        () -> Files.copy(real(source), real(target), options));
  }

  private List<Path> list(Path directory, DirectoryStream.Filter<? super Path> filter)
      throws IOException {
    List<Path> listed = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(real(directory))) {
      for (Path entry : entries) {
        Path watched = disk.wrap(entry);
        if (filter.accept(watched)) {
          listed.add(watched);
        }
      }
    }
    return listed;
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    List<Path> listed =
        watched(Operation.of(Kind.READ, absolute(directory)), () -> list(directory, filter));
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return listed.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public String getScheme() {
    return "watched";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException("WatchedDisk.watch gives the paths");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return disk;
  }

  @Override
  public Path getPath(URI uri) {
    return disk.wrap(Path.of(uri));
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return Files.isSameFile(real(path), real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return Files.isHidden(real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return Files.getFileStore(real(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    real(path).getFileSystem().provider().checkAccess(real(path), modes);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return Files.getFileAttributeView(real(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return Files.readAttributes(real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return Files.readAttributes(real(path), attributes, options);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    Files.setAttribute(real(path), attribute, value, options);
  }
}
