package dev.forebay.lab.sockets;

import dev.forebay.lab.engine.EngineReadings;
import dev.forebay.lab.goodput.Score;
import dev.forebay.lab.simulator.Intent;
import dev.forebay.lab.simulator.Ran;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.simulator.Story;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One scenario from one seed, on sockets through any way: an engine and what stands before it are
/// started for it and nothing remains of it.
///
/// @param drain after the last intent may have come, how long answers may still take
/// @param deadlines whether calls tell when their first token is due
record SocketRun(Scenario scenario, long seed, Duration drain, boolean deadlines) {
  /// What was found.
  ///
  /// @param atOnceP99 nanoseconds of refusals without a wait, as far as answers tell; NaN where
  ///   there was none
  /// @param lateP99 nanoseconds that users began later than intended; where it is large, the
  ///   machine was too slow and nothing else means anything
  record Found(Ran ran, double atOnceP99, long lateP99) {
    Score score() {
      return Score.of(ran);
    }
  }

  /// What is asked in the end.
  @FunctionalInterface
  interface Engine {
    EngineReadings readings() throws IOException;
  }

  Found through(Way way) throws IOException, InterruptedException {
    try (var folder = Folder.make();
        var engine = EngineProcess.fake(scenario.engine());
        Front front = way.start(folder.path(), engine.port())) {
      return through(front, engine::readings);
    }
  }

  /// Through what stands already, in front of that engine.
  Found through(Front front, Engine engine) throws IOException {
    List<Intent> intents = scenario.workload().intents(scenario.pace(), scenario.length(), seed);
    var requests = new Requests(EngineProcess.MODEL, front.headers(), deadlines);
    var users = new Users(scenario, front, requests, drain, seed);
    List<Story> stories = users.live(intents);
    EngineReadings read = engine.readings();
    return new Found(
        new Ran(
            scenario,
            stories,
            read.accepted(),
            read.preemptions(),
            users.refusals(),
            users.queued()),
        Score.p99(users.atOnce()),
        users.lateness().getValueAtPercentile(99));
  }

  /// The same arrivals in virtual time; empty where the simulator has no such way, or no such
  /// calls.
  Optional<Score> simulated(Way way) {
    return way.simulated()
        .filter(_ -> deadlines)
        .map(contender -> Score.of(Run.of(contender, scenario, seed).ran()));
  }
}
