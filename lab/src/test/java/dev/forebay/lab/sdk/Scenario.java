package dev.forebay.lab.sdk;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// What a client does to a server. [#toString()] is the name that the npm script knows.
public enum Scenario {
  /// A whole answer with usage.
  PLAIN,
  /// A streamed answer in more than one piece, with usage at its end.
  STREAM,
  /// A tool call, required, in a whole answer.
  TOOL,
  /// A tool call, required, put together from a stream.
  TOOL_STREAM,
  /// An unknown model: the client's own type of error, with a code and a message naming the model.
  ERROR,
  /// A stream left after its first content.
  CANCEL,
  /// The client's own time limit ends before the replica of `<model>-slow` says anything.
  TIMEOUT,
  /// The caller's deadline passes: the client's own type of error, with status, code and request
  /// id.
  DEADLINE,
  /// The gateway's limit for the first content of a stream passes: the same.
  FIRST_CONTENT,
  /// The replica of `<model>-broken` breaks within a stream: an error, not an end.
  BROKEN,
  /// The replica of `<model>-busy` refuses with a `Retry-After`; the client retries as it likes.
  BUSY,
  /// A prompt of 2 MiB, most of it not ASCII, to `<model>-large`.
  LARGE,
  /// The list of models, where the client reads it.
  MODELS,
  /// Embeddings, where the client has them.
  EMBED;

  /// Those that ask nothing of a server but that it answers.
  public static Set<Scenario> anywhere() {
    return EnumSet.range(PLAIN, CANCEL);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
