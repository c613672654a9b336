package dev.forebay.lab.engine;

/// Errors as OpenAI and vLLM word them.
final class OpenAiError {

  private OpenAiError() {}

  static String json(int status, String message) {
    String type =
        switch (status) {
          case 400, 422 -> "invalid_request_error";
          case 401 -> "authentication_error";
          case 402 -> "insufficient_quota";
          case 404 -> "NotFoundError";
          case 429 -> "rate_limit_exceeded";
          case 503, 529 -> "overloaded_error";
          default -> "server_error";
        };
    return "{\"error\":{\"message\":%s,\"type\":\"%s\",\"param\":null,\"code\":%d}}"
        .formatted(JsonText.quote(message), type, status);
  }

  static String event(int status, String message) {
    return "data: " + json(status, message) + "\n\ndata: [DONE]\n\n";
  }
}
