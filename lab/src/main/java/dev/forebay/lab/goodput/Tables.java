package dev.forebay.lab.goodput;

import dev.forebay.lab.report.Table;
import dev.forebay.lab.simulator.Contender;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/// What a contest found, as tables: some for a glance, and those with the rest.
record Tables(Result result) {

  private record Column(String title, Function<Standing, String> text) {}

  private static final Column POLICY = new Column("policy", row -> row.contender().name());
  private static final Column LOAD = new Column("load", row -> times(row.load()));

  /// A table, what it is of, and what else is to be said of it.
  record Part(String title, Table table, List<String> remarks) {}

  List<Part> glance() {
    String most = times(result.most());
    return List.of(
        new Part("Good answers a second", goodput(), List.of()),
        new Part(
            "At %s, beside others, and who gets good answers".formatted(most),
            beside(),
            new Remarks(result).lines()),
        new Part(
            "At %s, what clients and engines go through".formatted(most), effort(), List.of()));
  }

  List<Part> rest() {
    return List.of(
        new Part("By load", byLoad(), List.of()),
        new Part("At %s, by tenant".formatted(times(result.most())), tenants(), List.of()));
  }

  /// A column for each load.
  private Table goodput() {
    var loads =
        result.loads().stream()
            .map(load -> new Column(times(load), policy -> goodText(policy.contender(), load)));
    return table(result.at(result.most()), Stream.concat(Stream.of(POLICY), loads));
  }

  private String goodText(Contender contender, double load) {
    return Figure.GOOD_CALLS.text(result.of(contender, load).orElseThrow().scores());
  }

  private Table beside() {
    var ratios =
        Stream.of(Ratio.values())
            .map(ratio -> new Column(ratio.title(), policy -> ratio.text(result, policy)));
    return table(
        result.at(result.most()),
        Stream.of(Stream.of(POLICY, column(Figure.GOOD_CALLS)), ratios, columns(Figure.PROMPTS))
            .flatMap(each -> each));
  }

  private Table effort() {
    return table(
        result.at(result.most()), Stream.concat(Stream.of(POLICY), columns(Figure.EFFORT)));
  }

  private Table tenants() {
    return table(
        result.at(result.most()), Stream.concat(Stream.of(POLICY), columns(Figure.TENANTS)));
  }

  private Table byLoad() {
    return table(
        result.standings(), Stream.concat(Stream.of(POLICY, LOAD), columns(Figure.BY_LOAD)));
  }

  private static Table table(List<Standing> rows, Stream<Column> all) {
    List<Column> columns = all.toList();
    var table = new Table(columns.stream().map(Column::title).toArray(String[]::new));
    for (Standing row : rows) {
      table.row(columns.stream().map(column -> column.text.apply(row)).toArray(String[]::new));
    }
    return table;
  }

  private static Stream<Column> columns(List<Figure> figures) {
    return figures.stream().map(Tables::column);
  }

  private static Column column(Figure figure) {
    return new Column(figure.title(), row -> figure.text(row.scores()));
  }

  /// What each column of the first three tells, by its title.
  static Map<String, String> shown() {
    Map<String, String> meanings = new LinkedHashMap<>();
    meanings.put(Figure.GOOD_CALLS.title(), Figure.GOOD_CALLS.meaning());
    for (Ratio ratio : Ratio.values()) {
      meanings.put(ratio.title(), ratio.meaning());
    }
    Figure.PROMPTS.forEach(figure -> meanings.put(figure.title(), figure.meaning()));
    Figure.EFFORT.forEach(figure -> meanings.put(figure.title(), figure.meaning()));
    return meanings;
  }

  /// And of the others.
  static Map<String, String> reported() {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (Figure figure : Figure.values()) {
      meanings.put(figure.title(), figure.meaning());
    }
    meanings.keySet().removeAll(shown().keySet());
    return meanings;
  }

  /// A load as people say it: `10x`.
  static String times(double load) {
    return String.format(Locale.ROOT, load == Math.rint(load) ? "%.0fx" : "%sx", load);
  }
}
