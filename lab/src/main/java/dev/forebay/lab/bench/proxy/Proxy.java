package dev.forebay.lab.bench.proxy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A kind of proxy. Has no state; safe for all threads.
public interface Proxy {
  /// As it is called in tables.
  String name();

  /// Makes sure that it can be started here, installing it if need be; may take a minute.
  ///
  /// @return why it cannot be had, in a sentence for the user
  Optional<String> missing() throws IOException, InterruptedException;

  boolean speaks(Wire wire);

  /// Writes what it has to be told into its folder.
  ///
  /// @return the command that becomes the proxy, in the foreground
  List<String> command(Front front) throws IOException;

  /// The port where it speaks that.
  default int port(Front front, Wire wire) {
    return front.port();
  }

  /// Headers that a call must carry for this proxy to know its upstream.
  default Map<String, String> headers(Front front) {
    return Map.of();
  }

  /// The part that it is given of a load that is offered, in (0, 1]: what is much slower than the
  /// others would only be measured drowning.
  default double share() {
    return 1;
  }

  /// Whether it is a JVM, whose heap can be asked about.
  default boolean onJvm() {
    return false;
  }
}
