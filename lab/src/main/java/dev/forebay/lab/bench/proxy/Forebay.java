package dev.forebay.lab.bench.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is to be proved. Its log files of calls are off, as the others' are, unless it is its duty.
///
/// @param flags more flags for its JVM
public record Forebay(List<String> flags) implements Proxy {
  public static final String NAME = "Forebay";

  /// Lets the JVM tell what it takes outside its heap; costs no time that matters here.
  private static final String TRACK_MEMORY = "-XX:NativeMemoryTracking=summary";

  public Forebay {
    flags = List.copyOf(flags);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> missing() {
    return Optional.empty();
  }

  @Override
  public boolean speaks(Wire wire) {
    return true;
  }

  @Override
  public boolean onJvm() {
    return true;
  }

  @Override
  public List<String> command(Front front) throws IOException {
    Path config = front.folder().resolve("forebay.yaml");
    Files.writeString(
        config,
        """
        http:
          listen: 127.0.0.1:%d
          loops: 1
        %sadmin:
          listen: 127.0.0.1:0
        log:
          directory: %s
          access: %s
          performance: false
        pools:
          bench:
            models: [replayer]
            replicas: [http://127.0.0.1:%d]
        %s\
        """
            .formatted(
                front.port(),
                tls(front),
                front.folder(),
                front.duty().accessLog(),
                front.upstream(),
                front.duty().yaml()));
    return Java.command(
        Stream.concat(Stream.of(TRACK_MEMORY), flags.stream()).toList(),
        "dev.forebay.server.Main",
        "serve",
        "--config",
        config.toString());
  }

  private static String tls(Front front) {
    Certificate certificate = front.certificate();
    return certificate == null
        ? ""
        : "  tls:%n    certificate: %s%n    key: %s%n"
            .formatted(certificate.chain(), certificate.key());
  }
}
