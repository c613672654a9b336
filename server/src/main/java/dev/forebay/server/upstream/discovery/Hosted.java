package dev.forebay.server.upstream.discovery;

import dev.forebay.pipeline.Dialect;
import java.net.URI;
import java.util.Locale;

/// Providers whose key may lie in the environment. They cost money and see prompts, so they are
/// used only when the operator says so.
enum Hosted {
  DEEPSEEK("https://api.deepseek.com", Dialect.OPENAI),
  OPENAI("https://api.openai.com", Dialect.OPENAI),
  ANTHROPIC("https://api.anthropic.com", Dialect.ANTHROPIC);

  private final URI url;
  private final Dialect speaks;

  Hosted(String url, Dialect speaks) {
    this.url = URI.create(url);
    this.speaks = speaks;
  }

  String pool() {
    return name().toLowerCase(Locale.ROOT);
  }

  String variable() {
    return name() + "_API_KEY";
  }

  URI url() {
    return url;
  }

  Dialect speaks() {
    return speaks;
  }
}
