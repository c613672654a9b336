package dev.forebay.lab.nginx;

import dev.forebay.lab.nginx.Replay.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGeneratorFactory;

/// Replays random traces to a real nginx and compares each decision.
public final class NginxRun {
  private final int traces;
  private final int atOnce;
  private final double seconds;
  private final long seed;

  /// @param atOnce traces that run at the same time
  /// @param seconds length of a trace
  public NginxRun(int traces, int atOnce, double seconds, long seed) {
    this.traces = traces;
    this.atOnce = atOnce;
    this.seconds = seconds;
    this.seed = seed;
  }

  Result run() throws IOException, InterruptedException {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var drawn = new ArrayList<Trace>();
    for (int i = 0; i < traces; i++) {
      drawn.add(Trace.draw(random, seconds));
    }
    var total = Result.NONE;
    try (Nginx nginx = Nginx.start(drawn);
        var threads = Executors.newFixedThreadPool(atOnce)) {
      List<Future<Result>> results = new ArrayList<>();
      for (int i = 0; i < traces; i++) {
        int location = i;
        results.add(threads.submit(() -> new Replay(drawn.get(location)).run(nginx, location)));
      }
      for (Future<Result> result : results) {
        total = total.plus(result.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("a replay broke off", e);
    }
    return total;
  }
}
