package dev.forebay.server.adapter.log;

/// What is written to files.
///
/// @param directory where they lie; made if missing; relative to where the gateway was started
/// @param access whether every call gets a line when it ends
/// @param performance whether each turn of the monitor gets a line of readings
public record LogConfig(String directory, boolean access, boolean performance) {
  public LogConfig {
    if (directory.isBlank()) {
      throw new IllegalArgumentException("directory must not be empty");
    }
  }
}
