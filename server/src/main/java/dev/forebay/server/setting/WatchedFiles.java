package dev.forebay.server.setting;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Files of which somebody wants to know when they say something else.
///
/// Content is compared, not times and not inodes: an editor replaces a file, Kubernetes swaps the
/// symbolic link to a folder, and either may do so without saying anything new. A file that is
/// missing or cannot be read counts as one more content.
///
/// To be made before the files are read for use: a change in between is then seen as one. Reads
/// each file whole whenever it is asked, so blocks. Safe for many threads, one after another.
public final class WatchedFiles {
  private static final String ABSENT = "absent";

  private final Set<Path> paths;
  private Map<Path, String> seen;

  public WatchedFiles(Set<Path> paths) {
    this.paths = Set.copyOf(paths);
    this.seen = look();
  }

  public Set<Path> paths() {
    return paths;
  }

  /// Whether any content is other than when this was last asked or, the first time, made.
  public synchronized boolean changed() {
    Map<Path, String> now = look();
    boolean changed = !now.equals(seen);
    seen = now;
    return changed;
  }

  private Map<Path, String> look() {
    Map<Path, String> found = new LinkedHashMap<>();
    paths.forEach(path -> found.put(path, content(path)));
    return found;
  }

  private static String content(Path path) {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      return ABSENT;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
