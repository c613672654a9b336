package dev.forebay.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Rows under a head, as plain text, Markdown or HTML. For one thread.
public final class Table {
  private final List<String> head;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... head) {
    this.head = List.of(head);
  }

  /// Adds a row with a cell for each of the head's.
  public Table row(String... cells) {
    if (cells.length != head.size()) {
      throw new IllegalArgumentException(
          "a row needs %d cells, had %d".formatted(head.size(), cells.length));
    }
    rows.add(List.copyOf(Arrays.asList(cells)));
    return this;
  }

  /// For a terminal: as wide as it has to be, names on the left and figures on the right.
  public String plain() {
    int[] widths =
        IntStream.range(0, head.size())
            .map(i -> Math.max(head.get(i).length(), widest(i)))
            .toArray();
    var out = new StringBuilder();
    aligned(out, head, widths);
    rows.forEach(row -> aligned(out, row, widths));
    return out.toString();
  }

  private int widest(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static void aligned(StringBuilder out, List<String> cells, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - cells.get(i).length());
      out.append(i == 0 ? cells.get(i) + padding : "  " + padding + cells.get(i));
    }
    out.append('\n');
  }

  public String markdown() {
    var out = new StringBuilder();
    line(out, head);
    line(out, head.stream().map(_ -> "---").toList());
    rows.forEach(row -> line(out, row));
    return out.toString();
  }

  /// A table that scrolls by itself where it is wider than the page.
  public Markup draw() {
    var out = new Markup().open("div", "class", "wide").open("table").open("thead").open("tr");
    head.forEach(cell -> out.element("th", cell));
    out.close("tr").close("thead").open("tbody");
    for (var row : rows) {
      out.open("tr");
      row.forEach(cell -> out.element("td", cell));
      out.close("tr");
    }
    return out.close("tbody").close("table").close("div");
  }

  private static void line(StringBuilder out, List<String> cells) {
    out.append("| ");
    out.append(String.join(" | ", cells.stream().map(cell -> cell.replace("|", "\\|")).toList()));
    out.append(" |\n");
  }
}
