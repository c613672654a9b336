package dev.forebay.lab.start;

import dev.forebay.lab.bench.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lab train`: runs an installed gateway once as it is used, and lets the JVM keep what it learnt
/// as an AOT cache: classes, loaded and linked.
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Makes the AOT cache of an unpacked gateway by using it once.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class TrainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FOLDER", description = "the one that holds bin/forebay")
  private Path folder;

  @Option(names = "--cache", required = true, paramLabel = "FILE", description = "what is written")
  private Path cache;

  @Option(
      names = "--rounds",
      defaultValue = "100",
      description = "Calls of each kind. Default: ${DEFAULT-VALUE}")
  private int rounds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("forebay-train");
    int port = Ports.free();
    int adminPort = Ports.free();
    Map<String, String> environment = new HashMap<>(Installation.BARE);
    // No profiles (JEP 515): with them the compiler starts on hundreds of methods at once, and on
    // one
    // core the start waits for it.
    // What cannot be kept (JFR's events, proxies, classes older than Java 7) is no news.
    environment.put(
        "FOREBAY_JAVA_OPTS",
        "-XX:AOTCacheOutput="
            + cache.toAbsolutePath()
            + " -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining"
            + " -Xlog:aot=error -Xlog:cds=error");
    try (var engines = new Engines();
        var gateway =
            GatewayProcess.start(
                new Installation(folder)
                    .serve(engines.configureBothDialects(work, port, adminPort)),
                environment,
                work)) {
      gateway.awaitReady(adminPort);
      for (int i = 0; i < rounds; i++) {
        use(port);
      }
      look(adminPort);
      gateway.stop();
      if (!Files.isRegularFile(cache)) {
        throw new IOException("no AOT cache was written; the gateway said: " + gateway.said());
      }
    }
    return 0;
  }

  private static void use(int port) throws IOException {
    String model = "{\"model\":\"%s\",".formatted(Engines.MODEL);
    String claude = "{\"model\":\"%s\",".formatted(Engines.CLAUDE);
    expect(200, Answer.post(port, "/v1/chat/completions", Engines.chat(true)));
    expect(200, Answer.post(port, "/v1/chat/completions", Engines.chat(false)));
    expect(
        200, Answer.post(port, "/v1/completions", model + "\"max_tokens\":8,\"prompt\":\"Hi\"}"));
    expect(200, Answer.post(port, "/v1/embeddings", model + "\"input\":\"Hello\"}"));
    expect(
        200,
        Answer.post(port, "/v1/responses", model + "\"max_output_tokens\":8,\"input\":\"Hi\"}"));
    for (boolean stream : new boolean[] {true, false}) {
      expect(
          200,
          Answer.post(
              port,
              "/v1/messages",
              claude + "\"max_tokens\":8,\"stream\":%s,%s}".formatted(stream, Engines.says())));
    }
    expect(200, Answer.get(port, "/v1/models"));
    expect(404, Answer.post(port, "/v1/chat/completions", "{\"model\":\"unknown\"}"));
    expect(400, Answer.post(port, "/v1/chat/completions", "{\"model\":"));
  }

  private static void look(int adminPort) throws IOException {
    for (String path : new String[] {"/healthz", "/readyz", "/metrics", "/admin/replicas"}) {
      expect(200, Answer.get(adminPort, path));
    }
  }

  private static void expect(int status, Answer answer) throws IOException {
    if (answer.status() != status) {
      throw new IOException("wanted " + status + ", got " + answer.status() + answer.text());
    }
  }
}
