package dev.forebay.lab.engine.llama;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The engine's routes. Runs on a virtual thread per request.
final class Routes implements HttpHandler {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Slots slots;
  private final String model;

  Routes(Slots slots, String model) {
    this.slots = slots;
    this.model = model;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply = new Reply(exchange);
      try {
        route(exchange, reply);
      } catch (BadRequest refused) {
        reply.refuse(refused);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void route(HttpExchange exchange, Reply reply)
      throws IOException, BadRequest, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    switch (path) {
      case "/v1/chat/completions" -> {
        Ask ask = Ask.chat(body(exchange));
        answer(ask, Shape.chat(model), reply);
      }
      case "/v1/completions" -> {
        Ask ask = Ask.completion(body(exchange));
        answer(ask, Shape.completion(model), reply);
      }
      case "/v1/models" -> {
        only("GET", exchange);
        reply.json(200, models());
      }
      case "/health" -> {
        only("GET", exchange);
        reply.json(200, JsonNodeFactory.instance.objectNode().put("status", "ok"));
      }
      case "/metrics" -> {
        only("GET", exchange);
        reply.text(slots.meter().page());
      }
      default -> throw BadRequest.unknownRoute(path);
    }
  }

  private JsonNode body(HttpExchange exchange) throws IOException, BadRequest {
    only("POST", exchange);
    JsonNode body;
    try {
      body = JSON.readTree(exchange.getRequestBody().readAllBytes());
    } catch (JacksonException e) {
      throw BadRequest.invalid(null, "the body is not JSON: " + e.getOriginalMessage());
    }
    if (!body.isObject()) {
      throw BadRequest.invalid(null, "the body must be a JSON object.");
    }
    String asked = body.path("model").asString(model);
    if (!asked.equals(model)) {
      throw BadRequest.unknownModel(asked);
    }
    return body;
  }

  private static void only(String method, HttpExchange exchange) throws BadRequest {
    if (!exchange.getRequestMethod().equals(method)) {
      throw BadRequest.wrongMethod(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
    }
  }

  private void answer(Ask ask, Shape shape, Reply reply)
      throws IOException, BadRequest, InterruptedException {
    Generation generation = slots.start(ask);
    try {
      if (ask.stream()) {
        stream(generation, shape, ask.usageInStream(), reply);
      } else {
        whole(generation, shape, reply);
      }
    } finally {
      generation.cancel(); // no effect once it has ended; frees the slot of a caller that is gone
    }
  }

  private static void whole(Generation generation, Shape shape, Reply reply)
      throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder();
    while (true) {
      switch (generation.take()) {
        case Piece.Text piece -> text.append(piece.text());
        case Piece.End end -> {
          reply.json(200, shape.whole(text.toString(), end));
          return;
        }
        case Piece.Broken broken -> {
          reply.broken(broken.message());
          return;
        }
      }
    }
  }

  private static void stream(Generation generation, Shape shape, boolean usage, Reply reply)
      throws IOException, InterruptedException {
    Piece piece = generation.take();
    if (piece instanceof Piece.Broken broken) {
      reply.broken(broken.message()); // still a plain 500: nothing was sent
      return;
    }
    Reply.Events events = reply.events();
    if (shape.beginsWithRole()) {
      events.data(shape.role());
    }
    while (true) {
      switch (piece) {
        case Piece.Text text -> {
          if (!text.text().isEmpty()) {
            events.data(shape.delta(text.text(), null));
          }
        }
        case Piece.End end -> {
          events.data(shape.delta("", end.finishReason()));
          if (usage) {
            events.data(shape.usageChunk(end));
          }
          events.done();
          return;
        }
        case Piece.Broken broken -> {
          events.error(broken.message());
          return;
        }
      }
      piece = generation.take();
    }
  }

  private ObjectNode models() {
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
    list.putArray("data")
        .addObject()
        .put("id", model)
        .put("object", "model")
        .put("created", Instant.now().getEpochSecond())
        .put("owned_by", "llamacpp");
    return list;
  }
}
