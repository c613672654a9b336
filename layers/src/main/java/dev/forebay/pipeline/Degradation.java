package dev.forebay.pipeline;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is taken from a call so that it need not be refused.
///
/// @param model the smaller model that answers; null for the one that was asked for
/// @param maxTokens the most tokens that may be generated per choice; 0 for the caller's own bound
public record Degradation(@Nullable String model, int maxTokens) implements Note {
  /// Nothing is taken.
  public static final Degradation NONE = new Degradation(null, 0);

  /// What can be taken.
  public enum Step {
    /// The model: a smaller one of its family answers.
    MODEL,
    /// The length: fewer tokens are generated.
    MAX_TOKENS;

    /// Its name in the configuration, in metrics and towards callers.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public boolean isNone() {
    return equals(NONE);
  }

  /// Whether that is among what is taken.
  public boolean takes(Step step) {
    return switch (step) {
      case MODEL -> model != null;
      case MAX_TOKENS -> maxTokens > 0;
    };
  }

  /// What is left of a request.
  public Request of(Request asked) {
    Request smaller = model == null ? asked : asked.forModel(model);
    return maxTokens == 0 ? smaller : smaller.bounded(maxTokens);
  }

  /// As callers are told it, like `model=qwen3-8b, max_tokens=256`.
  @Override
  public String toString() {
    String ofModel = model == null ? "" : Step.MODEL.label() + "=" + model;
    String ofTokens = maxTokens == 0 ? "" : Step.MAX_TOKENS.label() + "=" + maxTokens;
    return ofModel + (ofModel.isEmpty() || ofTokens.isEmpty() ? "" : ", ") + ofTokens;
  }

  @Override
  public Map<String, Object> tell() {
    return Map.of("degraded", toString());
  }
}
