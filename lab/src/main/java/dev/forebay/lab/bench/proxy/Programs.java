package dev.forebay.lab.bench.proxy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Programs on the PATH, and in the folder where system administrators' programs lie.
public final class Programs {
  private static final String SBIN = ":/usr/sbin";

  private Programs() {}

  public static Optional<Path> find(String program) {
    return Stream.of((System.getenv().getOrDefault("PATH", "") + SBIN).split(":", -1))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// What to tell the user where the program is not there, if it is not.
  static Optional<String> missing(String program, String debianPackage) {
    return find(program).isPresent()
        ? Optional.empty()
        : Optional.of("is not installed (apt-get install %s)".formatted(debianPackage));
  }
}
