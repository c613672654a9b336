package dev.forebay.server.admin;

/// Whether calls should be sent to this gateway now.
public sealed interface Readiness {

  /// Calls are welcome.
  record Ready() implements Readiness {}

  /// Calls should go elsewhere.
  ///
  /// @param reason why, for whoever reads `/readyz`
  record NotReady(String reason) implements Readiness {}
}
