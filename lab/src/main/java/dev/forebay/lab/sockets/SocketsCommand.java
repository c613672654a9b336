package dev.forebay.lab.sockets;

import dev.forebay.lab.goodput.Capacity;
import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.ChatWorkload;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.sockets.Verdict.Bar;
import dev.forebay.lab.terminal.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lab sockets`: what `lab goodput` says, on real sockets.
@Command(
    name = "sockets",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Counts the answers that come in time under overload, through real gateways on loopback.",
      "",
      "The users, the engine's cost model and the service level of lab goodput's synthetic"
          + " workload, in real time: an engine in a process of its own, and before it Forebay, nginx"
          + " with limit_req, HAProxy with maxconn, Portkey, or nothing. The knobs of nginx and"
          + " HAProxy are the best of a grid. The same arrivals go to the simulator.",
      ""
    },
    footer = {
      "",
      "Passed: Forebay at 5x serves 1.2 times what the best other does, its refusals at 10x take"
          + " less than 5 ms (p99), and the simulator says the same within 15 %%, of it and of HAProxy."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class SocketsCommand implements Callable<Integer> {
  /// What can be asked for.
  enum Kind {
    FOREBAY,
    NGINX,
    HAPROXY,
    PORTKEY,
    DIRECT
  }

  /// Those of the workload.
  private static final List<String> TENANTS =
      List.of("tenant-0", "tenant-1", "tenant-2", "tenant-3");

  @Mixin private Terminal terminal;

  @Option(
      names = "--way",
      split = ",",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES} (default: all).")
  private List<Kind> kinds = List.of(Kind.values());

  @Option(
      names = "--loads",
      split = ",",
      paramLabel = "N",
      description = "Times the capacity (default: 0.8,5,10).")
  private List<Double> loads = List.of(0.8, 5.0, 10.0);

  @Option(names = "--seeds", paramLabel = "N", description = "Runs of each (default: 1).")
  private int seeds = 1;

  @Option(
      names = "--capacity",
      paramLabel = "N",
      description = "Intents a second at 1x (default: what the simulator finds).")
  private @Nullable Double capacity;

  @Option(names = "--window", paramLabel = "S", description = "Seconds of each (default: 60).")
  private int window = 60;

  @Option(names = "--warm-up", paramLabel = "S", description = "Seconds before it (default: 30).")
  private int warmUp = 30;

  @Option(
      names = "--tune",
      paramLabel = "S",
      description = "Seconds of each setting of a grid (default: 20).")
  private int tune = 20;

  @Option(
      names = "--drain",
      paramLabel = "S",
      description = "Seconds that answers may still take after it (default: 60).")
  private int drain = 60;

  @Option(
      names = "--no-deadlines",
      description =
          "Calls do not tell by x-deadline-ms when their first token is due, as stock clients do not;"
              + " Forebay's patience is then the best of a grid. The simulator has no such calls.")
  private boolean noDeadlines;

  @Override
  public Integer call() throws IOException, InterruptedException {
    terminal.within("--seeds", seeds, 1, 100);
    terminal.within("--window", window, 1, 600);
    terminal.within("--warm-up", warmUp, 0, 600);
    terminal.within("--tune", tune, 1, 600);
    terminal.within("--drain", drain, 0, 600);
    for (double load : loads) {
      terminal.require(load > 0 && load <= 100, "--loads must be > 0 and <= 100, was " + load);
    }
    terminal.require(capacity == null || capacity > 0, "--capacity must be > 0, was " + capacity);
    Scenario scenario =
        Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(1))
            .during(Duration.ofSeconds(warmUp), Duration.ofSeconds((long) warmUp + window));
    double once = capacity == null ? found() : capacity;
    terminal.say(String.format(Locale.ROOT, "1x is %.2f/s", once));
    var contest =
        new SocketContest(
            scenario,
            once,
            loads,
            seeds,
            Duration.ofSeconds(tune),
            5,
            Duration.ofSeconds(drain),
            !noDeadlines,
            terminal::say);
    var verdict = new Verdict(contest.hold(grids(once)));
    terminal.say("");
    terminal.say(verdict.table());
    List<Bar> bars = verdict.bars();
    bars.forEach(bar -> terminal.say(bar.line()));
    return bars.stream().allMatch(Bar::passed) ? 0 : 1;
  }

  private double found() {
    terminal.say("looking for 1x in the simulator");
    return new Capacity(Scenario.of(ChatWorkload.SYNTHETIC, new Pace.Flat(1)), _ -> {}).find();
  }

  /// @param once intents a second at 1x
  private List<Grid> grids(double once) throws IOException, InterruptedException {
    List<Grid> grids = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kinds.contains(kind)) {
        Grid grid = grid(kind, once);
        Optional<String> missing = grid.settings().getFirst().missing();
        missing.ifPresent(why -> terminal.say(grid.name() + " " + why + ": it takes no part"));
        if (missing.isEmpty()) {
          grids.add(grid);
        }
      }
    }
    return grids;
  }

  private Grid grid(Kind kind, double once) {
    return switch (kind) {
      case FOREBAY ->
          noDeadlines
              ? Grid.forebay(EngineProcess.MODEL, TENANTS)
              : Grid.only(new ForebayWay(EngineProcess.MODEL, TENANTS));
      case NGINX -> Grid.nginx(once);
      case HAPROXY -> Grid.haproxy();
      case PORTKEY -> Grid.only(new PortkeyWay());
      case DIRECT -> Grid.only(new Direct());
    };
  }
}
