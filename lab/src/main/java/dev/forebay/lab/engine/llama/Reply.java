package dev.forebay.lab.engine.llama;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes answers to one exchange.
///
/// An [IOException] from here means that the caller is gone.
final class Reply {
  private final HttpExchange exchange;

  Reply(HttpExchange exchange) {
    this.exchange = exchange;
  }

  void json(int status, JsonNode body) throws IOException {
    send(status, "application/json", body.toString());
  }

  void text(String body) throws IOException {
    send(200, "text/plain; version=0.0.4; charset=utf-8", body);
  }

  void refuse(BadRequest refused) throws IOException {
    json(refused.status(), error(refused.message(), refused.type(), refused));
  }

  void broken(String message) throws IOException {
    json(500, error(message, "server_error", null));
  }

  /// Starts a stream of events.
  Events events() throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-cache");
    exchange.sendResponseHeaders(200, 0);
    return new Events(exchange.getResponseBody());
  }

  /// The events of one stream, each flushed as it is written.
  record Events(OutputStream out) {

    void data(JsonNode event) throws IOException {
      data(event.toString());
    }

    void error(String message) throws IOException {
      data(Reply.error(message, "server_error", null));
    }

    void done() throws IOException {
      data("[DONE]");
      out.close();
    }

    private void data(String event) throws IOException {
      out.write(("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private static ObjectNode error(String message, String type, @Nullable BadRequest refused) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer
        .putObject("error")
        .put("message", message)
        .put("type", type)
        .put("param", refused == null ? null : refused.param())
        .put("code", refused == null ? null : refused.code());
    return answer;
  }

  private void send(int status, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
