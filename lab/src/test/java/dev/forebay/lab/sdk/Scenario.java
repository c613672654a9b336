package dev.forebay.lab.sdk;

import java.util.Locale;

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
  CANCEL;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
