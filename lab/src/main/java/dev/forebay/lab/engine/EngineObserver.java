package dev.forebay.lab.engine;

/// Is told inside the JVM what an engine does with each request, so that a test can compare it with
/// what came out at the other end. Called on the engine's event loop: return soon.
///
/// A request is known by its `x-request-id`, or by an id the engine makes.
public interface EngineObserver {

  EngineObserver NONE = new EngineObserver() {};

  /// The request is valid and not refused.
  default void accepted(String requestId) {}

  default void firstToken(String requestId) {}

  /// Text of one token, as it is handed to the socket; or, if the answer is not streamed, as it is
  /// made. A tool call's text is a piece of its arguments.
  default void delta(String requestId, int choice, String text) {}

  /// All was sent. `reason` is the finish reason of the first choice, or `fault:` and the kind of
  /// fault that ended the answer.
  default void finished(String requestId, String reason) {}

  /// The client hung up before the answer was complete, noticed at `nanoTime`.
  default void aborted(String requestId, long nanoTime) {}
}
