package dev.forebay.lab.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.forebay.lab.hostile.RawEngine.Seen;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Lets an engine answer one call with rubbish and the next one, of the same caller, as it should;
/// judges what the caller got.
final class RubbishRun implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;

  private final RawEngine engine = new RawEngine(this::answer);
  private final Gateway gateway;
  private volatile Rubbish rubbish = Rubbish.ALL.getFirst();

  RubbishRun() throws IOException, InterruptedException {
    gateway =
        Gateway.start(
            new ConfigLoader()
                .parse(
                    """
                    http: {listen: "127.0.0.1:0", drain: 1s}
                    admin: {listen: "127.0.0.1:0"}
                    log: {access: false, performance: false}
                    gpu: {ejectAfter: 1000}
                    upstream: {firstContent: 2s, total: 2s, idle: 1s}
                    pools:
                      lab:
                        models: [lab]
                        replicas: ["http://127.0.0.1:%d"]
                    """
                        .formatted(engine.port()),
                    "the rubbish",
                    Path.of("")));
  }

  private boolean answer(Seen request, OutputStream out) throws IOException {
    if (!request.body().contains("broken")) {
      return RawEngine.answerPlainly(request, out);
    }
    out.write(rubbish.bytes().getBytes(ISO_8859_1));
    out.flush();
    return !rubbish.hangsUp();
  }

  /// What is wrong with what the caller got; empty if nothing.
  String run(Rubbish next) throws IOException {
    rubbish = next;
    engine.take();
    RawReply reply =
        RawReply.to(
            gateway.port(),
            call("broken", "") + call("sound", "Connection: close\r\n"),
            TIMEOUT_MILLIS);
    List<Seen> seen = engine.take();
    List<RawReply.Answer> answers = reply.answers();
    if (!reply.closed() || !reply.rest().isEmpty() || answers.size() != 2) {
      return "out of step: " + reply;
    }
    if (reply.toString().contains(Rubbish.EVIL)) {
      return "passed on: " + reply;
    }
    int status = answers.getFirst().status();
    boolean told =
        (status == 502 || status == 503 || status == 504)
            && answers.getFirst().body().contains("\"error\"");
    if (next.sound() ? status / 100 != 2 : !told) {
      return "answered " + answers.getFirst();
    }
    if (answers.getLast().status() != 200 || !answers.getLast().body().contains("\"ok\"")) {
      return "the next call suffered: " + answers.getLast();
    }
    Set<Integer> broken =
        seen.stream()
            .filter(s -> s.body().contains("broken"))
            .map(Seen::connection)
            .collect(Collectors.toSet());
    boolean reused = broken.contains(seen.getLast().connection());
    boolean odd =
        !next.sound() || next.bytes().endsWith(Rubbish.EVIL) || next.bytes().contains("EVIL\"");
    return reused && odd ? "the connection was used again" : "";
  }

  private static String call(String content, String fields) {
    String body =
        "{\"model\":\"lab\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}";
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + fields
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  Gateway.Holding holding() {
    return gateway.holding();
  }

  @Override
  public void close() {
    gateway.close();
    engine.close();
  }
}
