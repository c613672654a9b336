package dev.forebay.lab.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// One HTML file that needs no other: light or dark as its reader likes, as wide as the screen is.
/// For one thread.
public final class Page {
  private final String title;
  private final Markup body = new Markup();

  public Page(String title) {
    this.title = title;
    body.element("h1", title);
  }

  public Page heading(String text) {
    body.element("h2", text);
    return this;
  }

  public Page paragraph(String text) {
    body.element("p", text);
    return this;
  }

  /// Text as it is typed: a command, say.
  public Page code(String text) {
    body.open("pre").element("code", text).close("pre");
    return this;
  }

  /// Short statements, each good, bad or neither.
  public Page verdicts(List<Verdict> verdicts) {
    body.open("ul", "class", "verdicts");
    for (var verdict : verdicts) {
      body.open("li", "class", verdict.tone.name().toLowerCase(Locale.ROOT));
      body.element("b", verdict.word).text(" " + verdict.text).close("li");
    }
    body.close("ul");
    return this;
  }

  /// A statement and how it is to be taken.
  public record Verdict(Tone tone, String word, String text) {}

  /// How a statement is coloured.
  public enum Tone {
    GOOD,
    BAD,
    NEITHER
  }

  /// Figures side by side where there is room.
  public Page figures(List<Markup> figures) {
    body.open("div", "class", "figures");
    figures.forEach(body::add);
    body.close("div");
    return this;
  }

  public Page table(Table table) {
    body.add(table.draw());
    return this;
  }

  public String html() {
    var head =
        new Markup()
            .open("head")
            .empty("meta", "charset", "utf-8")
            .empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
            .empty("meta", "name", "color-scheme", "content", "light dark")
            .element("title", title);
    // style is not text: the browser takes it as it stands
    return "<!doctype html>\n<html lang=\"en\">"
        + head
        + "<style>\n"
        + style()
        + "</style></head>\n<body><main>"
        + body
        + "</main></body></html>\n";
  }

  private static String style() {
    try (InputStream in = Page.class.getResourceAsStream("page.css")) {
      return new String(
          Objects.requireNonNull(in, "page.css").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
