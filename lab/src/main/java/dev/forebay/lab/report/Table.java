package dev.forebay.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows under a head, as Markdown or HTML. For one thread.
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
