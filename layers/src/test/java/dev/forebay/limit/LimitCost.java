package dev.forebay.limit;

import dev.forebay.HandLoop;
import dev.forebay.limit.Decision.Passed;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.limit.Limit.Tokens;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Progress;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Prints what it costs to decide about a call and to settle it, in processor time of all threads
/// together, waiting for the lock among it. Run its `main`.
final class LimitCost {
  private static final int CALLS = 3_000_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private LimitCost() {}

  public static void main(String[] arguments) throws InterruptedException {
    for (int threads : new int[] {1, 1, 2}) {
      System.out.printf("4 levels, %d threads: %.0f ns%n", threads, run(threads, false));
      System.out.printf("6 levels, %d threads: %.0f ns%n", threads, run(threads, true));
    }
  }

  private static double run(int threads, boolean crowds) throws InterruptedException {
    var set =
        new LimitSet(
            List.of(Requests.of("1000000/s", 1_000_000)),
            List.of(Tokens.of("1000000000/s", 1_000_000_000)),
            List.of(Concurrency.of(1_000)));
    var config = new LimitConfigs();
    config.global = set;
    config.model("m", set);
    config.tenant("acme", set, Map.of("ci", set));
    if (crowds) {
      config.address = set;
      config.user = set;
    }
    var limits = new Limits(config.build(), 42, 0);
    var loops = new ArrayList<Thread>();
    var nanos = new LongAdder();
    for (int i = 0; i < threads; i++) {
      int from = i;
      loops.add(Thread.ofPlatform().start(() -> nanos.add(calls(limits, from))));
    }
    for (Thread loop : loops) {
      loop.join();
    }
    return (double) nanos.sum() / CALLS / threads;
  }

  private static long calls(Limits limits, int from) {
    var loop = new HandLoop();
    var progress = new Progress();
    var request = LimitsTest.request("m", "user-" + from);
    var caller = new Caller("acme", "ci", 1, new Network(from));
    var call = new Call("call", loop, request, caller, 0);
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < CALLS; i++) {
      if (limits.admit(call, i * 1_000L, 0) instanceof Passed(var grant, _, _, _)) {
        limits.settle(grant, progress, i * 1_000L, 0);
      }
    }
    return THREADS.getCurrentThreadCpuTime() - start;
  }
}
