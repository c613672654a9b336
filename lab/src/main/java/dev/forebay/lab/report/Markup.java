package dev.forebay.lab.report;

import java.util.Locale;

/// Text of an element tree, for HTML and SVG alike. For one thread.
public final class Markup {
  private final StringBuilder out = new StringBuilder();

  /// Opens an element.
  ///
  /// @param attributes names and values by turns
  public Markup open(String element, Object... attributes) {
    tag(element, attributes);
    out.append('>');
    return this;
  }

  public Markup close(String element) {
    out.append("</").append(element).append('>');
    return this;
  }

  /// An element without content, as XML writes it.
  public Markup empty(String element, Object... attributes) {
    tag(element, attributes);
    out.append("/>");
    return this;
  }

  /// An element around text.
  public Markup element(String element, String text, Object... attributes) {
    return open(element, attributes).text(text).close(element);
  }

  public Markup text(String text) {
    out.append(escaped(text));
    return this;
  }

  /// What was made by another of these.
  public Markup add(Markup markup) {
    out.append(markup.out);
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }

  private void tag(String element, Object... attributes) {
    if (attributes.length % 2 != 0) {
      throw new IllegalArgumentException("an attribute of " + element + " has no value");
    }
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      out.append(escaped(value(attributes[i + 1]))).append('"');
    }
  }

  private static String value(Object value) {
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%.1f", number)
        : value.toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
