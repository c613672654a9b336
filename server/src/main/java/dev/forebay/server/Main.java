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
  private Main() {}

  public static void main(String[] arguments) {
    var out = new PrintWriter(System.out, true, System.out.charset());
    var err = new PrintWriter(System.err, true, System.err.charset());
    System.exit(Commands.of(Main::start, out, err).execute(arguments));
  }

  private static AutoCloseable start(GatewayConfig config, @Nullable ConfigFile file)
      throws IOException, InterruptedException {
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
