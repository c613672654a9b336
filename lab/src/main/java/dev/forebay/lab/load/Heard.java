package dev.forebay.lab.load;

import java.util.Map;

/// The answer to one call.
///
/// @param outcome its times are from when the call began, connecting included
/// @param told what it says of when to call again, and how long it waited, by lower-case names of
///   headers
public record Heard(LoadOutcome outcome, Map<String, String> told) {
  public Heard {
    told = Map.copyOf(told);
  }
}
