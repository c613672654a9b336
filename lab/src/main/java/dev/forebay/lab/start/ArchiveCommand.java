package dev.forebay.lab.start;

import dev.forebay.lab.bench.Ports;
import dev.forebay.lab.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `lab archive`: whether the archive runs where no Java is installed.
@Command(
    name = "archive",
    mixinStandardHelpOptions = true,
    description = "Unpacks an archive of the gateway, runs it with an empty environment, calls it.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class ArchiveCommand implements Callable<Integer> {
  private static final int STOPPED_BY_SIGTERM = 143;

  /// The JVM's, the launcher's or ours about the AOT cache; never what a busy machine makes us log.
  private static final Pattern COMPLAINT =
      Pattern.compile("(?m)^(WARNING:|OpenJDK|\\[[0-9.]+s\\]|Error|.*\\bnote: )");

  @Mixin private Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "forebay-VERSION-PLATFORM.tar.gz")
  private Path archive;

  private boolean failed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("forebay-archive");
    Installation installation = Installation.unpack(archive, folder);
    terminal.say("unpacked to " + installation.folder());
    int port = Ports.free();
    int adminPort = Ports.free();
    try (var engines = new Engines();
        var gateway =
            GatewayProcess.start(
                installation.serve(engines.configure(folder, port, adminPort)),
                Installation.BARE,
                folder)) {
      terminal.say("ready after %d ms".formatted(gateway.awaitReady(adminPort).toMillis()));
      expect("GET /healthz", 200, Answer.get(adminPort, "/healthz").status());
      expect("GET /metrics", 200, Answer.get(adminPort, "/metrics").status());
      expect("GET /v1/models", 200, Answer.get(port, "/v1/models").status());
      Answer plain = Answer.post(port, "/v1/chat/completions", Engines.chat(false));
      expect("a plain call", 200, plain.status());
      Answer stream = Answer.post(port, "/v1/chat/completions", Engines.chat(true));
      expect("a stream", 200, stream.status());
      expect("a stream that ends whole", true, stream.text().contains("data: [DONE]"));
      expect("exit status after SIGTERM", STOPPED_BY_SIGTERM, gateway.stop());
      expect("no complaint of the JVM", false, COMPLAINT.matcher(gateway.said()).find());
      if (failed) {
        terminal.say("it said:\n" + gateway.said());
      }
    }
    terminal.say(failed ? "FAILED" : "passed");
    return failed ? 1 : 0;
  }

  private void expect(String what, Object wanted, Object got) {
    boolean right = wanted.equals(got);
    failed |= !right;
    terminal.say((right ? "ok      " : "WRONG   ") + what + ": " + got);
  }
}
