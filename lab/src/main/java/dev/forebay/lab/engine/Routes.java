package dev.forebay.lab.engine;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the engine answers to which path. Lives on the engine's event loop.
final class Routes {

  static final String ADMIN = "/engine/";

  private static final JsonMapper JSON = JsonMapper.shared();

  private final FakeEngine engine;
  private final StoredRoutes stored;
  private long served;

  Routes(FakeEngine engine) {
    this.engine = engine;
    this.stored = new StoredRoutes(engine.stored());
  }

  /// Answers the request, or returns the exchange that will once it has begun.
  ///
  /// @param afterwards run when the answer has been handed to the socket
  @Nullable Exchange serve(Channel channel, FullHttpRequest request, Runnable afterwards) {
    String path = path(request);
    boolean post = request.method().equals(HttpMethod.POST);
    Dialect dialect =
        switch (post ? path : "") {
          case "/chat/completions" -> new ChatDialect();
          case "/completions" -> new CompletionsDialect();
          case "/responses" -> new ResponsesDialect();
          case "/messages" -> new MessagesDialect();
          case "/embeddings" -> new EmbeddingsDialect();
          default -> null;
        };
    if (dialect != null) {
      return infer(channel, request, dialect, afterwards);
    }
    var reply = plainReply(channel, request);
    var said = stored.serve(request.method().name(), path, request.uri());
    if (said != null) {
      send(reply, said.status(), said.contentType(), said.body());
      afterwards.run();
      return null;
    }
    switch (request.method().name() + ' ' + path) {
      case "GET /health", "GET /ping" -> send(reply, 200, "text/plain", "");
      case "GET /models" -> send(reply, 200, "application/json", models());
      case "GET /version" -> send(reply, 200, "application/json", "{\"version\":\"0.21.0\"}");
      case "GET /metrics" ->
          send(reply, 200, "text/plain; version=0.0.4; charset=utf-8", engine.metricsText());
      case "GET /engine/faults" ->
          send(reply, 200, "application/json", JSON.writeValueAsString(engine.faults()));
      case "GET /engine/readings" ->
          send(reply, 200, "application/json", JSON.writeValueAsString(engine.readings()));
      case "POST /engine/faults" -> changeFaults(reply, request);
      case "POST /engine/die" -> dieFor(reply, request);
      default -> send(reply, 404, "application/json", OpenAiError.json(404, "Not Found: " + path));
    }
    afterwards.run();
    return null;
  }

  private @Nullable Exchange infer(
      Channel channel, FullHttpRequest request, Dialect dialect, Runnable afterwards) {
    var drawn = channel.attr(MisfortuneHandler.DRAWN).get();
    var misfortune = drawn == null ? Misfortune.NONE : drawn;
    String requestId = requestId(request);
    if (refuse(channel, request, dialect, misfortune, requestId)) {
      engine.metrics().faulted++;
      afterwards.run();
      return null;
    }
    try {
      var question = question(dialect, request);
      var answer =
          Answer.to(
                  question,
                  dialect.idPrefix() + requestId,
                  Instant.now().getEpochSecond(),
                  engine.cachedTokens(question),
                  engine.config().lengths())
              .within(engine.room(question.promptTokens()));
      var outOfResources = misfortune.find(Fault.OutOfResources.class);
      if (outOfResources != null) {
        answer = answer.cutShort(outOfResources.afterTokens(), "insufficient_system_resource");
      }
      engine.metrics().accepted++;
      engine.observer().accepted(requestId);
      var reply = answerReply(channel, request, misfortune, question.stream());
      return new Exchange(engine, dialect, answer, requestId, misfortune, reply, afterwards);
    } catch (BadRequest e) {
      plainReply(channel, request)
          .whole(
              e.status(),
              engine.headers(requestId).set(HttpHeaderNames.CONTENT_TYPE, "application/json"),
              dialect.error(e.status(), e.message()));
      afterwards.run();
      return null;
    }
  }

  private boolean refuse(
      Channel channel,
      FullHttpRequest request,
      Dialect dialect,
      Misfortune misfortune,
      String requestId) {
    var headers = engine.headers(requestId).set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    var reject = misfortune.find(Fault.Reject.class);
    if (reject != null) {
      Duration retryAfter = reject.retryAfter();
      if (retryAfter != null) {
        headers.set(HttpHeaderNames.RETRY_AFTER, Math.ceilDiv(retryAfter.toMillis(), 1_000L));
      }
      String body = dialect.error(reject.status(), "The engine refuses: " + reject.status());
      plainReply(channel, request).whole(reject.status(), headers, body);
      return true;
    }
    if (misfortune.has(Fault.EmptyBody.class)) {
      plainReply(channel, request).whole(200, headers, "");
      return true;
    }
    if (misfortune.has(Fault.BlankBody.class)) {
      var reply = new Reply(channel, Reply.Framing.CLOSE, true, false, OptionalLong.empty());
      reply.begin(200, headers, 0);
      reply.write("\n\n");
      reply.end();
      return true;
    }
    return false;
  }

  private Question question(Dialect dialect, FullHttpRequest request) throws BadRequest {
    JsonNode body;
    try {
      body = JSON.readTree(request.content().toString(StandardCharsets.UTF_8));
    } catch (JacksonException e) {
      throw BadRequest.invalid("Invalid JSON: " + e.getOriginalMessage());
    }
    if (!body.isObject()) {
      throw BadRequest.invalid("Invalid JSON: the body must be an object");
    }
    String model = body.path("model").asString("");
    if (!engine.config().models().contains(model)) {
      throw new BadRequest(404, "The model `" + model + "` does not exist.");
    }
    var question = dialect.read(body);
    String previous = question.previous();
    if (previous != null && engine.stored().get(previous) == null) {
      throw new BadRequest(404, "Previous response with id '" + previous + "' not found.");
    }
    int most = engine.config().maxModelLen();
    int asked = question.maxTokens().orElse(1);
    if (asked > engine.room(question.promptTokens())) {
      throw BadRequest.invalid(
          "This model's maximum context length is %d tokens. However, you requested %d tokens (%d in the prompt)."
              .formatted(most, question.promptTokens() + asked, question.promptTokens()));
    }
    return question;
  }

  /// Framing as the faults will have it: keep-alive lines need chunks, an old client needs a close.
  private Reply answerReply(
      Channel channel, FullHttpRequest request, Misfortune misfortune, boolean stream) {
    boolean old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    boolean open = stream || misfortune.has(Fault.KeepAlive.class);
    Reply.Framing framing;
    if (misfortune.has(Fault.CloseDelimited.class) || (old && open)) {
      framing = Reply.Framing.CLOSE;
    } else if (!open || (stream && misfortune.has(Fault.LengthDelimited.class))) {
      framing = Reply.Framing.LENGTH;
    } else {
      framing = Reply.Framing.CHUNKED;
    }
    boolean gzip = misfortune.has(Fault.Gzip.class) && !(stream && framing == Reply.Framing.LENGTH);
    var chunking = engine.config().randomChunking();
    var shredderSeed =
        chunking.isPresent()
            ? OptionalLong.of(PseudoText.mix(chunking.getAsLong() + ++served))
            : chunking;
    return new Reply(channel, framing, !HttpUtil.isKeepAlive(request), gzip, shredderSeed);
  }

  private void changeFaults(Reply reply, FullHttpRequest request) {
    try {
      var body = request.content().toString(StandardCharsets.UTF_8);
      engine.faults(JSON.readValue(body, Faults.class));
      send(reply, 200, "application/json", JSON.writeValueAsString(engine.faults()));
    } catch (JacksonException e) {
      send(reply, 400, "application/json", OpenAiError.json(400, e.getOriginalMessage()));
    }
  }

  private void dieFor(Reply reply, FullHttpRequest request) {
    var seconds = new QueryStringDecoder(request.uri()).parameters().get("seconds");
    try {
      double pause = seconds == null ? 0 : Double.parseDouble(seconds.getFirst());
      send(reply, 202, "application/json", "{\"dying\":true}");
      engine.dieFor(Duration.ofMillis(Math.round(pause * 1_000)));
    } catch (NumberFormatException e) {
      send(reply, 400, "application/json", OpenAiError.json(400, "seconds must be a number"));
    }
  }

  private void send(Reply reply, int status, String contentType, String body) {
    var headers = engine.headers("").set(HttpHeaderNames.CONTENT_TYPE, contentType);
    reply.whole(status, headers, body);
  }

  private String models() {
    var json = new StringBuilder("{\"object\":\"list\",\"data\":[");
    String separator = "";
    for (String model : engine.config().models()) {
      json.append(separator)
          .append("{\"id\":")
          .append(JsonText.quote(model))
          .append(",\"object\":\"model\",\"created\":1700000000,\"owned_by\":\"vllm\",\"root\":")
          .append(JsonText.quote(model))
          .append(",\"parent\":null,\"max_model_len\":")
          .append(engine.config().maxModelLen())
          .append(",\"permission\":[]}");
      separator = ",";
    }
    return json.append("]}").toString();
  }

  private String requestId(FullHttpRequest request) {
    String given = request.headers().get("x-request-id");
    return given == null ? engine.config().name() + "-" + ++served : given;
  }

  private static Reply plainReply(Channel channel, FullHttpRequest request) {
    return new Reply(
        channel, Reply.Framing.LENGTH, !HttpUtil.isKeepAlive(request), false, OptionalLong.empty());
  }

  /// The path without query, `/v1` and DeepSeek's `/anthropic`.
  private static String path(FullHttpRequest request) {
    String path = new QueryStringDecoder(request.uri()).path();
    for (String prefix : new String[] {"/anthropic", "/v1"}) {
      if (path.startsWith(prefix + '/')) {
        path = path.substring(prefix.length());
      }
    }
    return path;
  }
}
