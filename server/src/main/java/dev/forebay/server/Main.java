package dev.forebay.server;

import dev.forebay.server.command.Commands;
import dev.forebay.server.config.ConfigFile;
import dev.forebay.server.config.GatewayConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The process: reads its command line and does what it says.
public final class Main {
  private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

  private Main() {}

  public static void main(String[] arguments) {
    var out = new PrintWriter(System.out, true, System.out.charset());
    var err = new PrintWriter(System.err, true, System.err.charset());
    tellOfAUselessCache(err);
    watchNoBuffers();
    System.exit(Commands.run(Main::start, out, err, arguments));
  }

  /// Netty samples buffers to find those that leak, which costs a call two or three percent. That
  /// is the tests' and the lab's affair; who suspects a leak sets the level by hand.
  private static void watchNoBuffers() {
    if (System.getProperty(LEAK_DETECTION) == null) {
      System.setProperty(LEAK_DETECTION, "disabled");
    }
  }

  /// The launcher silences the JVM's many words about an AOT cache that does not fit.
  private static void tellOfAUselessCache(PrintWriter err) {
    String cache = System.getProperty("forebay.aotCache");
    if (cache != null && !System.getProperty("java.vm.info", "").contains("sharing")) {
      err.println(
          "note: "
              + cache
              + " does not fit this Java, these flags or these jars; the start takes longer");
    }
  }

  private static AutoCloseable start(GatewayConfig config, @Nullable ConfigFile file)
      throws IOException, InterruptedException {
    WarmUp.within(config.http().warmUp());
    Gateway gateway = Gateway.start(config, file, List.of());
    String host = config.http().listen().host();
    String scheme = config.http().tls().isSet() ? "https" : "http";
    System.out.println("Listening on " + scheme + "://" + host + ":" + gateway.port() + "/v1");
    System.out.println(
        "Health and metrics on http://"
            + config.admin().listen().host()
            + ":"
            + gateway.adminPort());
    return gateway;
  }
}
