package dev.forebay.lab.bench.proxy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Commands of JVMs like this one, on its class path.
public final class Java {
  /// What every JVM here needs; the launcher's flags.
  private static final List<String> FLAGS =
      List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  private Java() {}

  public static List<String> command(List<String> flags, String main, String... arguments) {
    return Stream.of(
            List.of(tool("java").toString()),
            FLAGS,
            flags,
            List.of("-cp", System.getProperty("java.class.path"), main),
            List.of(arguments))
        .flatMap(List::stream)
        .toList();
  }

  /// A program of the JDK.
  public static Path tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name);
  }
}
