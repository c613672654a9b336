package dev.forebay.lab.engine;

/// What one token reads as, and the same inside a JSON string.
record Token(String text, String json) {

  static Token of(String text) {
    return new Token(text, JsonText.escape(text));
  }
}
