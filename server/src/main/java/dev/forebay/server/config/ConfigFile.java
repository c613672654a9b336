package dev.forebay.server.config;

import dev.forebay.server.setting.WatchedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The file that the gateway runs with, to be read again when it, or a file of one of its secrets,
/// says something else. Blocks while it reads. Safe for all threads.
public final class ConfigFile {
  private final Path path;
  private final ConfigLoader loader;
  private final UnaryOperator<GatewayConfig> commandLine;
  private WatchedFiles watched;

  /// @param commandLine lays what the command line says over what the file says
  public ConfigFile(Path path, ConfigLoader loader, UnaryOperator<GatewayConfig> commandLine) {
    this.path = path;
    this.loader = loader;
    this.commandLine = commandLine;
    this.watched = new WatchedFiles(Set.of(path));
  }

  public Path path() {
    return path;
  }

  /// Whether reading it again may give another configuration than the last time.
  public synchronized boolean changed() {
    return watched.changed();
  }

  /// Reads it.
  ///
  /// @throws IOException if the file is missing or cannot be read
  /// @throws ConfigException if it says what cannot be
  public synchronized GatewayConfig load() throws IOException {
    Set<Path> files = new LinkedHashSet<>(Set.of(path));
    try {
      GatewayConfig config = loader.load(path, files::add);
      return watchedAll(files) ? commandLine.apply(config) : load();
    } catch (ConfigException e) {
      if (watchedAll(files)) {
        throw e;
      }
      return load();
    }
  }

  /// Whether all of these were watched when they were read. If not, they are from now on, and must
  /// be read again: they may have changed before.
  private boolean watchedAll(Set<Path> files) {
    if (watched.paths().containsAll(files)) {
      return true;
    }
    watched = new WatchedFiles(files);
    return false;
  }
}
