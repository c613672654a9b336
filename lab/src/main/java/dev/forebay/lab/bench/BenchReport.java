package dev.forebay.lab.bench;

import dev.forebay.lab.bench.proxy.Forebay;
import dev.forebay.lab.bench.proxy.Nginx;
import dev.forebay.lab.bench.scenario.Bar;
import dev.forebay.lab.bench.scenario.Figure;
import dev.forebay.lab.report.BarChart;
import dev.forebay.lab.report.Markup;
import dev.forebay.lab.report.Page;
import dev.forebay.lab.report.Page.Tone;
import dev.forebay.lab.report.Page.Verdict;
import dev.forebay.lab.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// The results for readers, as Markdown and as a page.
///
/// @param command what was typed
/// @param machine where, in a sentence
record BenchReport(String command, String machine, List<Results> scenarios) {
  private static final String METHOD =
      "The proxy has a core and one event loop to itself, load and upstream share another. The"
          + " proxies take turns; shown are medians of the rounds. CPU is user and kernel time of"
          + " the whole process, as the kernel counts it. Trust ratios more than microseconds.";

  BenchReport {
    scenarios = List.copyOf(scenarios);
  }

  String markdown() {
    var out = new StringBuilder("`%s`%n%n%s%n".formatted(command, machine));
    for (Results results : scenarios) {
      out.append("%n### %s%n%n%s.%n%n".formatted(results.scenario(), results.scenario().title()));
      out.append(table(results).markdown());
      List<String> below = new ArrayList<>();
      results.judgements().forEach(each -> below.add("**" + each.word() + "** " + each.words()));
      below.addAll(results.notes());
      out.append(below.isEmpty() ? "" : "\n");
      below.forEach(line -> out.append("- ").append(line).append('\n'));
    }
    return out.toString();
  }

  String html() {
    Page page = new Page("What the edge costs").paragraph(METHOD).code(command).paragraph(machine);
    for (Results results : scenarios) {
      page.heading(results.scenario().name())
          .paragraph(results.scenario().title() + ".")
          .verdicts(verdicts(results))
          .figures(figures(results))
          .table(table(results));
    }
    return page.html();
  }

  private static Table table(Results results) {
    List<Figure> figures = results.scenario().figures();
    Figure first = figures.getFirst();
    List<String> head = new ArrayList<>(List.of("proxy", title(first) + ", by round", "median"));
    head.add("to " + Nginx.NAME);
    figures.stream().skip(1).map(BenchReport::title).forEach(head::add);
    head.addAll(List.of("failed", "void"));
    Table table = new Table(head.toArray(String[]::new));
    for (String proxy : results.proxies()) {
      List<String> row = new ArrayList<>();
      row.add(proxy);
      row.add(
          results.values(proxy, first).stream().map(first::text).collect(Collectors.joining(" ")));
      row.add(first.text(results.median(proxy, first)));
      row.add(ratio(results.median(proxy, first), results.reference(first)));
      figures.stream()
          .skip(1)
          .map(figure -> figure.text(results.median(proxy, figure)))
          .forEach(row::add);
      row.add(Long.toString(results.failed(proxy)));
      row.add(Integer.toString(results.voided(proxy)));
      table.row(row.toArray(String[]::new));
    }
    return table;
  }

  private static List<Verdict> verdicts(Results results) {
    List<Verdict> verdicts = new ArrayList<>();
    for (var judgement : results.judgements()) {
      Tone tone =
          switch (judgement.word()) {
            case PASS -> Tone.GOOD;
            case MISS -> Tone.BAD;
            case UNKNOWN -> Tone.NEITHER;
          };
      String word = judgement.word().name().toLowerCase(Locale.ROOT);
      verdicts.add(new Verdict(tone, word, judgement.words()));
    }
    results.notes().forEach(note -> verdicts.add(new Verdict(Tone.NEITHER, "note", note)));
    return verdicts;
  }

  private static List<Markup> figures(Results results) {
    return results.scenario().figures().stream()
        .map(figure -> chart(results, figure).draw())
        .toList();
  }

  private static BarChart chart(Results results, Figure figure) {
    List<BarChart.Bar> bars =
        results.proxies().stream()
            .map(proxy ->
                new BarChart.Bar(
                    proxy,
                    results.median(proxy, figure),
                    results.values(proxy, figure),
                    proxy.equals(Forebay.NAME)))
            .toList();
    return new BarChart(figure.title(), figure.unit(), bars, limit(results, figure));
  }

  private static OptionalDouble limit(Results results, Figure figure) {
    return results.scenario().bars().stream()
        .filter(bar -> bar.figure().equals(figure))
        .mapToDouble((Bar bar) -> bar.limit(results.reference(figure)))
        .filter(Double::isFinite)
        .findFirst();
  }

  private static String title(Figure figure) {
    return figure.unit().isEmpty() ? figure.title() : figure.title() + ", " + figure.unit();
  }

  private static String ratio(double value, double reference) {
    return Double.isFinite(reference) && reference > 0
        ? String.format(Locale.ROOT, "%.2f", value / reference)
        : "-";
  }
}
