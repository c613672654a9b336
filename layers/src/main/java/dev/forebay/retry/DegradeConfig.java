package dev.forebay.retry;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// What calls become whose tenants would rather have less than be refused.
///
/// @param smaller the next smaller model of its family, by model; as pools serve them
/// @param maxTokens that are generated per choice at most, >= 1
public record DegradeConfig(Map<String, String> smaller, int maxTokens) {
  /// What can stand in a header.
  private static final Pattern MODEL = Pattern.compile("[\\x21-\\x7e]{1,200}");

  public DegradeConfig {
    smaller = Collections.unmodifiableMap(new LinkedHashMap<>(smaller));
    if (maxTokens < 1) {
      throw new IllegalArgumentException("maxTokens must be >= 1, was " + maxTokens);
    }
    for (Map.Entry<String, String> each : smaller.entrySet()) {
      if (!MODEL.matcher(each.getValue()).matches()) {
        throw new IllegalArgumentException(
            "smaller.%s must be a name of visible ASCII, was %s"
                .formatted(each.getKey(), each.getValue()));
      }
      var seen = new HashSet<String>();
      for (String at = each.getKey(); at != null; at = smaller.get(at)) {
        if (!seen.add(at)) {
          throw new IllegalArgumentException(
              "smaller.%s must not lead back to %s".formatted(each.getKey(), at));
        }
      }
    }
  }
}
