package dev.forebay.lab.engine.llama;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The JSON of one answer, chat or plain completion, whole or in chunks as vLLM writes them.
final class Shape {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final boolean chat;
  private final String model;
  private final String id;
  private final long created = Instant.now().getEpochSecond();

  private Shape(boolean chat, String model) {
    this.chat = chat;
    this.model = model;
    this.id = (chat ? "chatcmpl-" : "cmpl-") + UUID.randomUUID().toString().replace("-", "");
  }

  static Shape chat(String model) {
    return new Shape(true, model);
  }

  static Shape completion(String model) {
    return new Shape(false, model);
  }

  /// The whole answer.
  ObjectNode whole(String text, Piece.End end) {
    ObjectNode answer = head(chat ? "chat.completion" : "text_completion");
    ObjectNode choice = choice(answer, end.finishReason());
    if (chat) {
      choice.putObject("message").put("role", "assistant").put("content", text);
    } else {
      choice.put("text", text);
    }
    answer.set("usage", usage(end));
    return answer;
  }

  /// Says who speaks, before any content: what a chat's stream begins with.
  ObjectNode role() {
    ObjectNode chunk = chunk();
    choice(chunk, null).putObject("delta").put("role", "assistant").put("content", "");
    return chunk;
  }

  boolean beginsWithRole() {
    return chat;
  }

  /// A piece of the answer, or its end where there is a reason.
  ObjectNode delta(String text, @Nullable String finishReason) {
    ObjectNode chunk = chunk();
    ObjectNode choice = choice(chunk, finishReason);
    if (chat) {
      ObjectNode delta = choice.putObject("delta");
      if (finishReason == null) {
        delta.put("content", text);
      }
    } else {
      choice.put("text", text);
    }
    return chunk;
  }

  /// The chunk without choices that carries the usage.
  ObjectNode usageChunk(Piece.End end) {
    ObjectNode chunk = chunk();
    chunk.putArray("choices");
    chunk.set("usage", usage(end));
    return chunk;
  }

  private ObjectNode chunk() {
    return head(chat ? "chat.completion.chunk" : "text_completion");
  }

  private ObjectNode head(String object) {
    return JSON.objectNode()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", model);
  }

  private static ObjectNode choice(ObjectNode answer, @Nullable String finishReason) {
    return answer
        .putArray("choices")
        .addObject()
        .put("index", 0)
        .putNull("logprobs")
        .put("finish_reason", finishReason);
  }

  private static ObjectNode usage(Piece.End end) {
    return JSON.objectNode()
        .put("prompt_tokens", end.promptTokens())
        .put("completion_tokens", end.completionTokens())
        .put("total_tokens", end.promptTokens() + end.completionTokens());
  }
}
