package dev.forebay.server.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The keys that were revoked, by their ids: in memory for those who ask, and in a file, one a
/// line, for the next start. Safe for all threads.
public final class Revocations {
  private final Path file;
  private final Set<String> ids = ConcurrentHashMap.newKeySet();

  private Revocations(Path file) {
    this.file = file;
  }

  /// Reads what was revoked before; nothing if there is no file yet.
  ///
  /// @throws IOException if there is one that cannot be read: a key that was revoked must not come
  ///   back
  public static Revocations read(Path file) throws IOException {
    var revocations = new Revocations(file);
    try {
      Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(id -> !id.isEmpty())
          .forEach(revocations.ids::add);
    } catch (NoSuchFileException nothingWasRevoked) {
      return revocations;
    } catch (IOException e) {
      throw new IOException("revokedKeys: " + file + " cannot be read: " + e.getMessage(), e);
    }
    return revocations;
  }

  /// Whether no key was ever revoked here.
  public boolean isEmpty() {
    return ids.isEmpty();
  }

  public boolean contains(String id) {
    return ids.contains(id);
  }

  /// Revokes a key from now on. Blocks until that is written.
  ///
  /// @throws IOException if it cannot be written; the key is not revoked then
  public synchronized void revoke(String id) throws IOException {
    if (ids.contains(id)) {
      return;
    }
    try {
      Files.writeString(
          file,
          id + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND,
          StandardOpenOption.SYNC);
    } catch (IOException e) {
      throw new IOException(file + " cannot be written: " + e, e);
    }
    ids.add(id);
  }
}
