package dev.forebay.lab.rival;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.SimulatedFleet;
import dev.forebay.lab.simulator.VirtualLoop;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Netflix's own `Gradient2Limit`, told of each call's time in virtual nanoseconds: calls under way
/// are limited by how the time of a call moves. Its defaults, but at most 400 calls instead of 200.
///
/// @param tolerance how much longer than usual a call may take before the limit sinks
/// @see <a href="https://github.com/Netflix/concurrency-limits">concurrency-limits</a>
public record Gradient2(double tolerance) implements Contender {

  @Override
  public String name() {
    return "gradient2";
  }

  @Override
  public String about() {
    return "Netflix's Gradient2Limit: how many calls may be under way follows how long they take";
  }

  @Override
  public String setting() {
    return String.format(Locale.ROOT, "tolerates %.1f x", tolerance);
  }

  @Override
  public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
    return List.of(new Limiter(tolerance), new LeastOutstanding(fleet));
  }

  private static final class Limiter implements Stage {
    private final Limit limit;
    private int inFlight;

    Limiter(double tolerance) {
      limit = Gradient2Limit.newBuilder().maxConcurrency(400).rttTolerance(tolerance).build();
    }

    @Override
    public void handle(Call call, Next next) {
      if (inFlight >= limit.getLimit()) {
        call.end(new Shed(Reason.CONCURRENCY_LIMITED, Duration.ZERO));
        return;
      }
      int begun = ++inFlight;
      call.onEnd(outcome -> ended(call, outcome, begun));
      next.proceed(call);
    }

    private void ended(Call call, Outcome outcome, int begun) {
      inFlight--;
      long took = call.loop().nanoTime() - call.arrivedNanos();
      // A caller who left is a drop, as a timeout is to the library's own clients.
      limit.onSample(call.arrivedNanos(), Math.max(1, took), begun, !(outcome instanceof Served));
    }
  }
}
