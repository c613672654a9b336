package dev.forebay.lab.engine.llama;

import org.jspecify.annotations.Nullable;

/// A request this engine won't answer, with what OpenAI's error object says of it.
final class BadRequest extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final @Nullable String param;
  private final @Nullable String code;

  private BadRequest(
      int status, String type, @Nullable String param, @Nullable String code, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  static BadRequest invalid(@Nullable String param, String message) {
    return new BadRequest(400, "invalid_request_error", param, null, message);
  }

  static BadRequest tooLong(int promptTokens, int contextTokens) {
    String message =
        "This model's maximum context length is %d tokens, but the prompt has %d."
            .formatted(contextTokens, promptTokens);
    return new BadRequest(
        400, "invalid_request_error", "messages", "context_length_exceeded", message);
  }

  static BadRequest unknownModel(String model) {
    return new BadRequest(
        404,
        "invalid_request_error",
        "model",
        "model_not_found",
        "The model `" + model + "` does not exist.");
  }

  static BadRequest unknownRoute(String path) {
    return new BadRequest(
        404, "invalid_request_error", null, "not_found", "No route " + path + ".");
  }

  static BadRequest wrongMethod(String method, String path) {
    return new BadRequest(
        405, "invalid_request_error", null, null, method + " is not allowed on " + path + ".");
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  @Nullable String param() {
    return param;
  }

  @Nullable String code() {
    return code;
  }

  String message() {
    return String.valueOf(getMessage());
  }
}
