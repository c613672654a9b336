package dev.forebay.lab.outage;

import dev.forebay.lab.outage.OutageRun.Kind;
import dev.forebay.lab.outage.OutageRun.Result;
import dev.forebay.lab.outage.OutageRun.Shape;
import dev.forebay.lab.report.Table;
import dev.forebay.lab.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows what the retries of stock clients make of an outage.
@Command(
    name = "outage",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Takes all engines away for a while, under clients that try again as the SDKs do.",
      "",
      "The same through Forebay, through nginx and to an engine without anything between. Engines"
          + " refuse connections (REFUSED), or answer calls with 503 while probes do well (BUSY). Of"
          + " twenty clients 11 are OpenAI's for Python, 4 openai-java, 3 Vercel's ai and 2"
          + " langchain4j; the last two do not read x-should-retry.",
      ""
    },
    footer = {
      "",
      "Passed, through Forebay: in any minute, clients that read x-should-retry cause at most"
          + " 1.1 tries of engines for each thing wanted, and 10, and what the largest replica held;"
          + " who is told not to retry makes at most 1.2 attempts; and 10 s after recovery load and"
          + " answers are as before."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class OutageCommand implements Callable<Integer> {
  @Mixin private Terminal terminal;

  @Option(
      names = "--way",
      split = ",",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES} (default: all).")
  private List<Way.Kind> ways = List.of(Way.Kind.values());

  @Option(
      names = "--kind",
      split = ",",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES} (default: all).")
  private List<Kind> kinds = List.of(Kind.values());

  @Option(names = "--clients", defaultValue = "1000", description = "Default: ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "200",
      description = "Things wanted each second by all of them. Default: ${DEFAULT-VALUE}")
  private double rate;

  @Option(
      names = "--before",
      defaultValue = "30",
      description = "Seconds before the outage. Default: ${DEFAULT-VALUE}")
  private int before;

  @Option(
      names = "--out",
      defaultValue = "30",
      description = "Seconds of the outage. Default: ${DEFAULT-VALUE}")
  private int out;

  @Option(
      names = "--after",
      defaultValue = "40",
      description = "Seconds after it. Default: ${DEFAULT-VALUE}")
  private int after;

  @Option(
      names = "--sdk",
      defaultValue = "0",
      description =
          "Real clients of the npm package openai besides; needs node. Default: ${DEFAULT-VALUE}")
  private int sdks;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
  private long seed;

  @Override
  public Integer call() throws Exception {
    var shape = new Shape(clients, rate, before, out, after, sdks, seed);
    List<Result> results = new ArrayList<>();
    for (Kind kind : kinds) {
      for (Way.Kind way : ways) {
        terminal.say("%s through %s: %d s ...".formatted(kind, way, shape.seconds()));
        results.add(new OutageRun(way, kind, shape).run());
      }
    }
    terminal.say("");
    terminal.say(table(results));
    boolean passed =
        results.stream()
            .filter(result -> result.way() == Way.Kind.FOREBAY)
            .allMatch(Result::passed);
    terminal.say(passed ? "passed" : "FAILED");
    return passed ? 0 : 1;
  }

  static String table(List<Result> results) {
    var table =
        new Table(
            "outage",
            "through",
            "wanted",
            "attempts each",
            "of others",
            "told not to: attempts each",
            "failed",
            "tries of engines",
            "worst minute: tries / bound",
            "normal after, s",
            "fullest second",
            "real SDKs: wanted, attempts each, failed");
    for (Result it : results) {
      table.row(
          it.kind().toString(),
          it.way().toString(),
          Long.toString(it.intents()),
          "%.2f".formatted(it.attemptsEach()),
          "%.2f".formatted(it.attemptsOfOthers()),
          it.toldNot() == 0 ? "-" : "%d: %.2f".formatted(it.toldNot(), it.attemptsOfToldNotEach()),
          Long.toString(it.failed()),
          Long.toString(it.upstream()),
          "%d / %d".formatted(it.worstMinute().upstream(), it.bound()),
          Integer.toString(it.normalAfter()),
          Integer.toString(it.peak()),
          it.real() == null
              ? "-"
              : "%d, %.2f, %d"
                  .formatted(it.real().intents(), it.real().attemptsEach(), it.real().failed()));
    }
    return table.markdown();
  }
}
