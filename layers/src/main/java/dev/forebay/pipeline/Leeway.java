package dev.forebay.pipeline;

import dev.forebay.pipeline.Degradation.Step;
import java.util.List;

/// What a caller puts up with rather than be refused.
///
/// @param steps what may be taken from its calls, in the order in which it is tried; nothing if
///   empty
/// @param models that may answer; every one if empty
public record Leeway(List<Step> steps, List<String> models) {
  /// Nothing: the call as it is, or a refusal.
  public static final Leeway NONE = new Leeway(List.of(), List.of());

  public Leeway {
    steps = List.copyOf(steps);
    models = List.copyOf(models);
  }

  /// Whether that model may answer.
  public boolean allows(String model) {
    return models.isEmpty() || models.contains(model);
  }
}
