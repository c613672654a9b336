package dev.forebay.lab.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.forebay.lab.hostile.RawEngine.Seen;
import dev.forebay.lab.hostile.Wiretap.Decided;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Sends vectors through a real gateway to an engine that reads to the letter, a sound call behind
/// each of them on the same connection, and judges what became of both.
public final class VectorRun implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// A sound call; that it arrives as itself shows that all agree where the vector ended.
  private static final String BEHIND =
      "GET /behind HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

  private final Wiretap wiretap = new Wiretap();
  private final RawEngine engine;
  private final Gateway gateway;

  /// What became of a vector.
  public enum Verdict {
    /// A clear refusal, the connection closed, and nothing reached the engine.
    REFUSED,
    /// A clear refusal and nothing reached the engine; the connection went on, in step.
    TURNED_AWAY,
    /// Gateway and engine understood the same calls, and as many as there are.
    UNDERSTOOD,
    /// Anything else.
    DANGEROUS
  }

  /// One vector and what became of it.
  ///
  /// @param what was seen, in words
  public record Result(Vector vector, Verdict verdict, String what) {
    /// Whether the vector did no harm.
    public boolean sound(boolean connectionMayStay) {
      return switch (verdict) {
        case REFUSED -> true;
        case TURNED_AWAY -> connectionMayStay || !vector.mustBeRefused();
        case UNDERSTOOD -> !vector.mustBeRefused();
        case DANGEROUS -> false;
      };
    }
  }

  public VectorRun() throws IOException, InterruptedException {
    engine = new RawEngine(RawEngine::answerPlainly);
    gateway =
        Gateway.start(
            new ConfigLoader()
                .parse(
                    """
                    http: {listen: "127.0.0.1:0", drain: 1s, headTimeout: 500ms, bodyTimeout: 500ms}
                    admin: {listen: "127.0.0.1:0"}
                    log: {access: false, performance: false}
                    pools:
                      lab:
                        models: [lab]
                        passThrough: true
                        replicas: ["http://127.0.0.1:%d"]
                    """
                        .formatted(engine.port()),
                    "the vectors",
                    Path.of("")),
            List.of(wiretap));
  }

  public Result run(Vector vector) throws IOException, InterruptedException {
    engine.take();
    wiretap.take();
    RawReply reply = RawReply.to(gateway.port(), vector.bytes() + BEHIND, TIMEOUT_MILLIS);
    List<Seen> seen = engine.take();
    List<Decided> decided = wiretap.take();
    return new Result(vector, verdict(vector, reply, seen, decided), what(reply, seen, decided));
  }

  private static String what(RawReply reply, List<Seen> seen, List<Decided> decided) {
    List<Integer> statuses = reply.answers().stream().map(RawReply.Answer::status).toList();
    List<String> calls =
        seen.stream()
            .map(s -> s.rubbish() == null ? s.method() + " " + s.target() : s.rubbish())
            .toList();
    return "answers %s%s, gateway decided %s, engine saw %s %s%s"
        .formatted(
            statuses,
            reply.closed() ? "" : ", not closed",
            decided.stream().map(Decided::path).toList(),
            calls,
            reply.answers().isEmpty() ? "" : reply.answers().getFirst().body(),
            reply.rest().isEmpty() ? "" : ", and rubbish: " + reply.rest());
  }

  private static Verdict verdict(
      Vector vector, RawReply reply, List<Seen> seen, List<Decided> decided) {
    boolean headOnly = vector.bytes().startsWith("HEAD");
    if (!reply.closed() || (!reply.rest().isEmpty() && !headOnly)) {
      return Verdict.DANGEROUS;
    }
    List<RawReply.Answer> answers = reply.answers();
    boolean refused = !answers.isEmpty() && answers.getFirst().status() >= 400;
    if (seen.isEmpty()) {
      // A caller whose head never ends is not told; the connection closes.
      boolean told =
          answers.stream().allMatch(answer -> answer.status() >= 400)
              && !answers.isEmpty()
              && told(answers.getLast());
      return decided.isEmpty() && (told || answers.isEmpty()) ? Verdict.REFUSED : Verdict.DANGEROUS;
    }
    if (!same(seen, decided)) {
      return Verdict.DANGEROUS;
    }
    boolean behind = seen.getLast().target().equals("/behind") && answers.getLast().status() == 200;
    if (refused && seen.size() == 1 && behind && answers.size() == 2) {
      return Verdict.TURNED_AWAY;
    }
    boolean asMany = behind && seen.size() == vector.calls() + 1;
    // What closes behind itself, as HTTP/1.0 does, leaves nothing to be understood.
    boolean alone = seen.size() == 1 && answers.size() == 1 && vector.calls() == 1;
    return (asMany || alone) && !refused ? Verdict.UNDERSTOOD : Verdict.DANGEROUS;
  }

  private static boolean told(RawReply.Answer answer) {
    return answer.head().toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n")
        && answer.body().contains("\"error\"");
  }

  private static boolean same(List<Seen> seen, List<Decided> decided) {
    if (seen.size() != decided.size()) {
      return false;
    }
    for (int i = 0; i < seen.size(); i++) {
      Seen s = seen.get(i);
      Decided d = decided.get(i);
      boolean smuggled = s.target().equals("/smuggled");
      boolean body = d.body() == null || (d.body().equals(s.body()) && model(s).equals(d.model()));
      if (s.rubbish() != null
          || smuggled
          || !s.method().equals(d.method())
          || !s.target().equals(d.path())
          || !body
          || s.field("x-evil") != null) {
        return false;
      }
    }
    return true;
  }

  private static String model(Seen seen) {
    try {
      JsonNode model = JSON.readTree(seen.body().getBytes(ISO_8859_1)).get("model");
      return model == null ? "" : model.asString();
    } catch (JacksonException e) {
      return "no JSON";
    }
  }

  /// What the gateway holds now.
  public Gateway.Holding holding() {
    return gateway.holding();
  }

  @Override
  public void close() {
    gateway.close();
    engine.close();
  }
}
