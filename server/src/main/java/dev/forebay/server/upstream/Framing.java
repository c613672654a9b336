package dev.forebay.server.upstream;

/// How the end of a response's body is known.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6.3">RFC 9112, section 6.3</a>
public enum Framing {
  /// There is no body, whatever the head says of one.
  NONE,
  /// The head tells its length.
  LENGTH,
  /// It comes in chunks; the last one is empty.
  CHUNKED,
  /// It ends with the connection.
  CLOSE
}
