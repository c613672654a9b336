package dev.forebay.lab.sockets;

import dev.forebay.lab.goodput.Score;
import dev.forebay.lab.goodput.Scores;
import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.Scenario;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/// All ways at all loads, which take turns: the same arrivals for each of them, and for the
/// simulator.
///
/// @param scenario of any pace
/// @param capacity intents a second at 1x
/// @param seeds runs of each
/// @param tuning of each setting of a grid
/// @param tuningLoad at which settings are compared
/// @param drain after the last intent may have come, how long answers may still take
/// @param deadlines whether calls tell when their first token is due
record SocketContest(
    Scenario scenario,
    double capacity,
    List<Double> loads,
    int seeds,
    Duration tuning,
    double tuningLoad,
    Duration drain,
    boolean deadlines,
    Consumer<String> say) {
  private static final long TUNING_SEED = 1_000; // not what is measured afterwards
  private static final Duration TUNING_DRAIN = Duration.ofSeconds(15);

  /// One way at one load, a run for each seed.
  record Standing(Way way, double load, List<Once> runs) {
    Standing {
      runs = List.copyOf(runs);
    }

    Scores scores() {
      return new Scores(runs.stream().map(Once::score).toList());
    }

    /// What the simulator says of the same; empty where it has no such way, or no such calls.
    Scores simulated() {
      return new Scores(runs.stream().flatMap(run -> run.simulated().stream()).toList());
    }

    /// Of refusals without a wait, as far as answers tell; the worst run's, NaN if none had any.
    double atOnceP99Millis() {
      return runs.stream()
          .mapToDouble(Once::atOnceP99Millis)
          .filter(millis -> !Double.isNaN(millis))
          .max()
          .orElse(Double.NaN);
    }

    /// That users began later than intended; the worst run's.
    double lateP99Millis() {
      return runs.stream().mapToDouble(Once::lateP99Millis).max().orElse(Double.NaN);
    }
  }

  record Once(
      Score score, double atOnceP99Millis, double lateP99Millis, Optional<Score> simulated) {}

  List<Standing> hold(List<Grid> grids) throws IOException, InterruptedException {
    List<Way> ways = new ArrayList<>();
    for (Grid grid : grids) {
      ways.add(best(grid));
    }
    List<Standing> standings = new ArrayList<>();
    for (double load : loads) {
      var runs = new LinkedHashMap<Way, List<Once>>();
      for (long seed = 1; seed <= seeds; seed++) {
        for (Way way : ways) {
          runs.computeIfAbsent(way, _ -> new ArrayList<>()).add(once(way, load, seed));
        }
      }
      runs.forEach((way, own) -> standings.add(new Standing(way, load, own)));
    }
    return standings;
  }

  private Once once(Way way, double load, long seed) throws IOException, InterruptedException {
    var run = new SocketRun(at(load), seed, drain, deadlines);
    SocketRun.Found found = run.through(way);
    Score score = found.score();
    say.accept(
        String.format(
            Locale.ROOT,
            "%-40s %4.1fx: %6.2f good/s, %.1f %% of %.1f/s",
            way.title(),
            load,
            score.goodCalls(),
            100 * score.attained(),
            score.offered()));
    return new Once(score, found.atOnceP99() / 1e6, found.lateP99() / 1e6, run.simulated(way));
  }

  private Way best(Grid grid) throws IOException, InterruptedException {
    if (grid.settings().size() == 1) {
      return grid.settings().getFirst();
    }
    say.accept(String.format(Locale.ROOT, "%s at %.1fx, good/s:", grid.name(), tuningLoad));
    Way best = grid.settings().getFirst();
    double most = -1;
    for (Way way : grid.settings()) {
      double good = tried().through(way).score().goodCalls();
      say.accept(String.format(Locale.ROOT, "  %-20s %6.2f", way.setting(), good));
      if (good > most) {
        most = good;
        best = way;
      }
    }
    return best;
  }

  /// As long a warm-up as what is judged: what lets in too much does well until the engine is full.
  private SocketRun tried() {
    Scenario shorter = at(tuningLoad).during(scenario.warmUp(), scenario.warmUp().plus(tuning));
    return new SocketRun(shorter, TUNING_SEED, TUNING_DRAIN, deadlines);
  }

  private Scenario at(double load) {
    return scenario.with(new Pace.Flat(load * capacity));
  }
}
