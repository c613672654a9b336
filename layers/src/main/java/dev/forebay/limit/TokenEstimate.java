package dev.forebay.limit;

import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;

/// What a request is taken to need before anybody knows. Stateless.
final class TokenEstimate {
  private TokenEstimate() {}

  /// Images and audio are not text: each is taken as so many tokens of its model.
  static long prompt(Request request, ModelConfig model) {
    return request.prompt().tokens()
        + request.prompt().images() * model.imageTokens()
        + request.prompt().audios() * model.audioTokens();
  }

  /// @param most taken where the caller set no bound or a larger one
  static long output(Request request, long most) {
    if (request.operation() == Operation.EMBEDDINGS) {
      return 0;
    }
    long each = request.maxTokens() == 0 ? most : Math.min(request.maxTokens(), most);
    return each * request.choices();
  }
}
