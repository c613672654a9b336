package dev.forebay.lab.sockets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// A folder that is gone when it is closed, with all that lies in it.
record Folder(Path path) implements AutoCloseable {
  static Folder make() throws IOException {
    return new Folder(Files.createTempDirectory("forebay-sockets"));
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
