package dev.forebay.lab.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/// OpenAI's `/v1/embeddings`. It costs the engine a prefill and one token, and is never streamed.
///
/// Unlike the others it remembers what it read, so each request needs its own.
final class EmbeddingsDialect implements Dialect {

  private final List<String> inputs = new ArrayList<>();
  private int dimensions = Embeddings.DIMENSIONS;
  private boolean base64;

  @Override
  public Question read(JsonNode body) throws BadRequest {
    JsonNode input = body.path("input");
    if (input.isString()) {
      inputs.add(input.asString());
    } else if (!input.isEmpty() && input.path(0).isNumber()) {
      inputs.add(input.toString());
    } else {
      input.forEach(each -> inputs.add(each.isString() ? each.asString() : each.toString()));
    }
    if (inputs.isEmpty()) {
      throw BadRequest.invalid("Field required: 'input'");
    }
    dimensions = body.path("dimensions").asInt(Embeddings.DIMENSIONS);
    if (dimensions < 1) {
      throw BadRequest.invalid("dimensions must be at least 1, got " + dimensions + ".");
    }
    base64 = body.path("encoding_format").asString("float").equals("base64");
    return new Question(
        body.path("model").asString(""),
        String.join("\n", inputs),
        1,
        OptionalInt.of(1),
        OptionalLong.empty(),
        false,
        false,
        false,
        null,
        null,
        null);
  }

  @Override
  public String idPrefix() {
    return "embd-";
  }

  @Override
  public String plain(Answer answer) {
    var json = new StringBuilder(1_024);
    ChatDialect.head(json, answer, "list").append("\"data\":[");
    for (int i = 0; i < inputs.size(); i++) {
      float[] vector = Embeddings.of(inputs.get(i), dimensions);
      json.append(i == 0 ? "" : ",")
          .append("{\"object\":\"embedding\",\"index\":")
          .append(i)
          .append(",\"embedding\":")
          .append(base64 ? Embeddings.base64(vector) : Embeddings.numbers(vector))
          .append('}');
    }
    return json.append("],\"usage\":{\"prompt_tokens\":")
        .append(answer.promptTokens())
        .append(",\"total_tokens\":")
        .append(answer.promptTokens())
        .append(",\"completion_tokens\":0}}")
        .toString();
  }

  @Override
  public void open(StringBuilder events, Answer answer) {}

  @Override
  public void delta(StringBuilder events, Answer answer, int choice, int place) {}

  @Override
  public void finish(StringBuilder events, Answer answer, int choice) {}

  @Override
  public void close(StringBuilder events, Answer answer) {}

  @Override
  public String error(int status, String message) {
    return OpenAiError.json(status, message);
  }

  @Override
  public String errorEvent(int status, String message) {
    return OpenAiError.event(status, message);
  }
}
