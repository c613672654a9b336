package dev.forebay.lab.goodput;

import dev.forebay.lab.goodput.Tables.Part;
import dev.forebay.lab.report.LineChart;
import dev.forebay.lab.report.LineChart.Point;
import dev.forebay.lab.report.LineChart.Series;
import dev.forebay.lab.report.Markup;
import dev.forebay.lab.report.Page;
import dev.forebay.lab.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The results for readers, as Markdown and as a page, and for programs.
///
/// @param command what was typed
record GoodputReport(String command, List<Result> results) {
  private static final String METHOD =
      """
      An answer is good if it is whole, its first token came within 2 s and p/4 ms of when its user first
      asked (p: tokens of the prompt), and its other tokens came every 50 ms on average. An intent is an
      answer that is wanted, with all tries for it: clients try again as stock SDKs do, and users who see
      nothing for 15 s leave. 1x is the highest rate at which 90 % of the intents get a good answer with no
      gate at all. All in virtual time; intervals are of 95 % over the seeds.\
      """;

  GoodputReport {
    results = List.copyOf(results);
  }

  /// For a terminal, at a glance. Of six loads or fewer, no line is longer than 120 characters.
  String text() {
    List<String> lines = new ArrayList<>(List.of(METHOD));
    for (Result result : results) {
      lines.addAll(List.of("", result.name() + ": " + capacity(result)));
      for (Part part : new Tables(result).glance()) {
        lines.addAll(List.of("", part.title(), "", part.table().plain().stripTrailing()));
        if (!part.remarks().isEmpty()) {
          lines.add("");
          lines.addAll(part.remarks());
        }
      }
      lines.addAll(List.of("", "Policies, as they serve best"));
      policies(result).forEach(policy -> lines.add("  " + policy));
    }
    return String.join("\n", lines);
  }

  /// All of it.
  String markdown() {
    var out = new StringBuilder("`%s`%n%n%s%n".formatted(command, METHOD));
    for (Result result : results) {
      out.append("%n### %s%n%n%s%n%n".formatted(result.name(), capacity(result)));
      policies(result).forEach(policy -> out.append("- %s%n".formatted(policy)));
      for (Part part : parts(result)) {
        out.append("%n%s:%n%n%s".formatted(part.title(), part.table().markdown()));
        part.remarks().forEach(remark -> out.append("%n%s%n".formatted(remark)));
      }
    }
    out.append("%nColumns:%n%n");
    meanings().forEach((title, meaning) -> out.append("- %s: %s%n".formatted(title, meaning)));
    return out.toString();
  }

  /// All of it, and charts.
  String html() {
    Page page =
        new Page("Goodput under overload").paragraph(METHOD.replace('\n', ' ')).code(command);
    for (Result result : results) {
      page.heading(result.name())
          .paragraph(capacity(result))
          .figures(
              List.of(
                  overLoad(result, "Goodput", "good answers/s", Score::goodCalls, false),
                  overLoad(result, "Goodput by tokens", "tokens/s", Score::goodTokens, false),
                  overLoad(result, "TTFT p50", "ms", score -> score.firstP50() / 1e6, true),
                  overLoad(result, "TTFT p99", "ms", score -> score.firstP99() / 1e6, true),
                  overLoad(result, "Tries of clients", "for an intent", Score::clientTries, false),
                  overTime(result)));
      policies(result).forEach(page::paragraph);
      for (Part part : parts(result)) {
        page.paragraph(part.title() + ":").table(part.table());
        part.remarks().forEach(page::paragraph);
      }
    }
    var columns = new Table("column", "what it tells");
    meanings().forEach(columns::row);
    return page.heading("Columns").table(columns).html();
  }

  String json() {
    var json = new JsonMapper();
    ObjectNode root = json.createObjectNode().put("command", command);
    ArrayNode workloads = root.putArray("workloads");
    for (Result result : results) {
      ObjectNode workload = workloads.addObject();
      workload.put("name", result.name()).put("capacity", result.capacity());
      ArrayNode standings = workload.putArray("standings");
      for (Standing standing : result.standings()) {
        ObjectNode node = standings.addObject();
        node.put("policy", standing.contender().name());
        node.put("setting", standing.contender().setting()).put("load", standing.load());
        for (Figure figure : Figure.values()) {
          ArrayNode values = node.putArray(figure.label());
          standing.scores().each().forEach(score -> values.add(figure.of(score)));
        }
      }
    }
    return root.toPrettyString();
  }

  private static String capacity(Result result) {
    int replicas = result.scenario().replicas();
    return String.format(
        Locale.ROOT,
        "1x is %.2f intents/s on %d replica%s with %d tokens of KV cache each.",
        result.capacity(),
        replicas,
        replicas == 1 ? "" : "s",
        result.scenario().engine().kvTokens());
  }

  private static List<Part> parts(Result result) {
    var tables = new Tables(result);
    return Stream.concat(tables.glance().stream(), tables.rest().stream()).toList();
  }

  private static Map<String, String> meanings() {
    Map<String, String> meanings = new LinkedHashMap<>(Tables.shown());
    meanings.putAll(Tables.reported());
    return meanings;
  }

  private static List<String> policies(Result result) {
    return result.contenders().stream()
        .map(one ->
            one.setting().isEmpty()
                ? "%s: %s".formatted(one.name(), one.about())
                : "%s (%s): %s".formatted(one.name(), one.setting(), one.about()))
        .toList();
  }

  private static Markup overLoad(
      Result result, String title, String y, ToDoubleFunction<Score> figure, boolean logarithmic) {
    List<Series> series =
        result.contenders().stream()
            .map(contender ->
                new Series(
                    contender.name(),
                    result.of(contender).stream()
                        .map(standing -> new Point(standing.load(), standing.scores().mean(figure)))
                        .filter(point -> Double.isFinite(point.y()))
                        .toList()))
            .toList();
    return new LineChart(title, "load", y, series, logarithmic).draw();
  }

  private static Markup overTime(Result result) {
    List<Series> series =
        result.at(result.most()).stream()
            .map(standing ->
                new Series(
                    standing.contender().name(),
                    points(standing.scores().means(score -> score.served().overTime()))))
            .toList();
    String title = "Good answers over time at " + Tables.times(result.most());
    return new LineChart(title, "s", "good answers/s", series, false).draw();
  }

  private static List<Point> points(List<Double> stretches) {
    return IntStream.range(0, stretches.size())
        .mapToObj(i -> new Point((i + 0.5) * Served.STRETCH_SECONDS, stretches.get(i)))
        .toList();
  }
}
