package dev.forebay.lab.load;

/// How a call ended, seen from its caller. Every arrival has exactly one.
public enum Ending {
  /// A complete 2xx answer; a stream with its `[DONE]`.
  OK,
  /// A complete answer of another status: shed, refused, failed upstream.
  REFUSED,
  /// A 2xx that stopped before it was complete and said nothing: the caller holds half an answer.
  CUT,
  /// A stream that ended with an error event.
  STREAM_ERROR,
  /// An answer that is not HTTP, or a stream event that is not JSON.
  GARBLED,
  /// No connection, or the connection was lost before a status.
  BROKEN,
  /// Not complete when the client's patience ended.
  TIMED_OUT,
  /// Hung up on by the caller, as its [Patience] said.
  CANCELLED,
  /// Never offered to the server: the generator had no connection left. Too many make a run void.
  UNSENT;

  /// Whether the server gave its last word.
  public boolean answered() {
    return switch (this) {
      case OK, REFUSED, CUT, STREAM_ERROR, GARBLED -> true;
      case BROKEN, TIMED_OUT, CANCELLED, UNSENT -> false;
    };
  }
}
