package dev.forebay.server.command;

/// What the process exits with, after sysexits.h where it knows a word for it.
final class Exit {
  static final int OK = 0;

  /// The command line cannot be understood.
  static final int USAGE = 64;

  /// The file that was named cannot be read.
  static final int NO_FILE = 66;

  /// The gateway could not start, for instance because its port is taken.
  static final int NOT_STARTED = 69;

  /// Something broke that should not.
  static final int BROKEN = 70;

  /// The configuration says what cannot be.
  static final int CONFIG = 78;

  private Exit() {}
}
