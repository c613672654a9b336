package dev.forebay.server.setting;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Which Forebay this is.
public final class Version {
  private Version() {}

  /// The version that was built, as the build wrote it into this package.
  public static String current() {
    try (InputStream resource = Version.class.getResourceAsStream("version.txt")) {
      return resource == null
          ? "of unknown version"
          : new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
