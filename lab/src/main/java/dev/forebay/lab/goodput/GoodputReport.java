package dev.forebay.lab.goodput;

import dev.forebay.lab.goodput.Contest.Result;
import dev.forebay.lab.report.LineChart;
import dev.forebay.lab.report.LineChart.Point;
import dev.forebay.lab.report.LineChart.Series;
import dev.forebay.lab.report.Markup;
import dev.forebay.lab.report.Page;
import dev.forebay.lab.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The results for readers, as Markdown and as a page, and for programs.
///
/// @param command what was typed
record GoodputReport(String command, List<Result> results) {
  private static final String METHOD =
      "An answer is good if it is whole, its first token came within 2 s and p/4 ms of when its user"
          + " first asked (p: tokens of the prompt), and its other tokens came every 50 ms on"
          + " average. Clients try again as stock SDKs do; users who see nothing for 15 s leave. 1x"
          + " is the highest rate at which 90 % of the answers are good with no gate at all. All in"
          + " virtual time; intervals are of 95 % over the seeds.";

  GoodputReport {
    results = List.copyOf(results);
  }

  String markdown() {
    var out = new StringBuilder("`%s`%n%n%s%n".formatted(command, METHOD));
    for (Result result : results) {
      out.append("%n### %s%n%n%s%n%n".formatted(name(result), capacity(result)));
      out.append(table(result).markdown());
      out.append(
          "%nWho was served at %sx, in %% of who asked:%n%n".formatted(number(most(result))));
      out.append(served(result).markdown());
    }
    return out.toString();
  }

  String html() {
    Page page = new Page("Goodput under overload").paragraph(METHOD).code(command);
    for (Result result : results) {
      page.heading(name(result))
          .paragraph(capacity(result))
          .figures(
              List.of(
                  overLoad(result, "Goodput", "good answers/s", Score::goodCalls, false),
                  overLoad(result, "Goodput by tokens", "tokens/s", Score::goodTokens, false),
                  overLoad(result, "TTFT p50", "ms", score -> score.firstP50() / 1e6, true),
                  overLoad(result, "TTFT p99", "ms", score -> score.firstP99() / 1e6, true),
                  overLoad(result, "Tries of clients", "for an intent", Score::clientTries, false),
                  overTime(result)))
          .table(table(result))
          .paragraph("Who was served at %sx, in %% of who asked:".formatted(number(most(result))))
          .table(served(result));
    }
    return page.html();
  }

  String json() {
    var json = new JsonMapper();
    ObjectNode root = json.createObjectNode().put("command", command);
    ArrayNode workloads = root.putArray("workloads");
    for (Result result : results) {
      ObjectNode workload = workloads.addObject();
      workload.put("name", name(result)).put("capacity", result.capacity());
      ArrayNode standings = workload.putArray("standings");
      for (Standing standing : result.standings()) {
        ObjectNode node = standings.addObject();
        node.put("policy", standing.contender().name());
        node.put("setting", standing.contender().setting()).put("load", standing.load());
        for (Figure figure : Figure.ALL) {
          ArrayNode values = node.putArray(figure.label());
          standing.scores().each().forEach(score -> values.add(figure.of().applyAsDouble(score)));
        }
      }
    }
    return root.toPrettyString();
  }

  private static String name(Result result) {
    return result.scenario().workload().name();
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

  private static Table table(Result result) {
    var head = new ArrayList<>(List.of("policy", "load"));
    for (Figure figure : Figure.ALL) {
      head.add(figure.title());
    }
    var table = new Table(head.toArray(String[]::new));
    for (Standing standing : result.standings()) {
      var row = new ArrayList<>(List.of(policy(standing), number(standing.load()) + "x"));
      for (Figure figure : Figure.ALL) {
        row.add(figure.text(standing.scores()));
      }
      table.row(row.toArray(String[]::new));
    }
    return table;
  }

  private static Table served(Result result) {
    var table =
        new Table(
            "policy",
            "shortest prompts",
            "second quarter",
            "third quarter",
            "longest prompts",
            "worst tenant",
            "best tenant");
    for (Standing standing : result.standings()) {
      if (standing.load() == most(result)) {
        List<Double> quarters = standing.scores().means(score -> score.served().byPrompt());
        table.row(
            policy(standing),
            percent(quarters.get(0)),
            percent(quarters.get(1)),
            percent(quarters.get(2)),
            percent(quarters.get(3)),
            percent(standing.scores().mean(score -> score.served().leastTenant())),
            percent(standing.scores().mean(score -> score.served().mostTenant())));
      }
    }
    return table;
  }

  private static Markup overLoad(
      Result result, String title, String y, ToDoubleFunction<Score> figure, boolean logarithmic) {
    List<Series> series =
        policies(result).stream()
            .map(policy ->
                new Series(
                    policy,
                    result.standings().stream()
                        .filter(standing -> standing.contender().name().equals(policy))
                        .map(standing -> new Point(standing.load(), standing.scores().mean(figure)))
                        .filter(point -> Double.isFinite(point.y()))
                        .toList()))
            .toList();
    return new LineChart(title, "load", y, series, logarithmic).draw();
  }

  private static Markup overTime(Result result) {
    List<Series> series =
        result.standings().stream()
            .filter(standing -> standing.load() == most(result))
            .map(standing ->
                new Series(
                    standing.contender().name(),
                    points(standing.scores().means(score -> score.served().overTime()))))
            .toList();
    String title = "Good answers over time at %sx".formatted(number(most(result)));
    return new LineChart(title, "s", "good answers/s", series, false).draw();
  }

  private static List<Point> points(List<Double> stretches) {
    return IntStream.range(0, stretches.size())
        .mapToObj(i -> new Point((i + 0.5) * Served.STRETCH_SECONDS, stretches.get(i)))
        .toList();
  }

  private static List<String> policies(Result result) {
    return result.standings().stream()
        .map(standing -> standing.contender().name())
        .distinct()
        .toList();
  }

  private static double most(Result result) {
    return result.standings().stream().mapToDouble(Standing::load).max().orElse(0);
  }

  private static String policy(Standing standing) {
    String setting = standing.contender().setting();
    return standing.contender().name() + (setting.isEmpty() ? "" : " (" + setting + ")");
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.0f", 100 * share);
  }

  private static String number(double load) {
    return load == Math.rint(load) ? Long.toString(Math.round(load)) : Double.toString(load);
  }
}
