package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.report.Table;
import dev.forebay.lab.simulator.ChatWorkload;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lab goodput`: the simulator's contest.
@Command(
    name = "goodput",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Counts the answers that come in time under overload, in virtual time.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class GoodputCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--loads", split = ",", defaultValue = "0.5,1,2,10")
  private List<Double> loads;

  @Option(names = "--seeds", defaultValue = "3")
  private int seeds;

  @Override
  public Integer call() {
    var scenario = Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(1));
    double capacity = new Capacity(scenario, seeds, this::say).find();
    say(String.format(Locale.ROOT, "1x is %.2f/s", capacity));
    var tuning = new Tuning(scenario, capacity, this::say);
    List<Contender> contenders = Entrants.all(capacity).stream().map(tuning::best).toList();
    var contest = new Contest(scenario, capacity, loads, seeds);
    List<Standing> standings = new ArrayList<>();
    for (Contender contender : contenders) {
      standings.addAll(contest.of(contender));
      say(contender.name() + " done");
    }
    say(table(standings).markdown());
    return 0;
  }

  private static Table table(List<Standing> standings) {
    var table =
        new Table(
            "policy",
            "load",
            "good/s",
            "good tokens/s",
            "tries client",
            "tries upstream",
            "preemptions",
            "TTFT p50 ms",
            "TTFT p99 ms",
            "shed p99 ms");
    for (Standing each : standings) {
      table.row(
          each.contender().name() + " " + each.contender().setting(),
          Double.toString(each.load()),
          text("%.2f", each.mean(Score::goodCalls)),
          text("%.0f", each.mean(Score::goodTokens)),
          text("%.2f", each.mean(Score::clientTries)),
          text("%.2f", each.mean(Score::upstreamTries)),
          text("%.0f", each.mean(Score::preemptions)),
          text("%.0f", each.mean(Score::firstP50) / 1e6),
          text("%.0f", each.mean(Score::firstP99) / 1e6),
          text("%.1f", each.mean(Score::refusedP99) / 1e6));
    }
    return table;
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private void say(String text) {
    var writer = spec.commandLine().getOut();
    writer.println(text);
    writer.flush();
  }
}
