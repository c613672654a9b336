package dev.forebay.server;

import java.util.List;

/// What became of a reload.
public sealed interface Reloaded {

  /// Another configuration runs now.
  ///
  /// @param changes the keys with other values, and the replicas that came and went
  record Switched(String version, List<String> changes) implements Reloaded {}

  /// What was read is what runs already.
  record Unchanged(String version) implements Reloaded {}

  /// Nothing has changed.
  ///
  /// @param reason for the operator; holds no secret
  record Refused(String reason) implements Reloaded {}
}
