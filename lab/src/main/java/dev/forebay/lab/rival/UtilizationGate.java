package dev.forebay.lab.rival;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.SimulatedFleet;
import dev.forebay.lab.simulator.Telemetry;
import dev.forebay.lab.simulator.VirtualLoop;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;

/// llm-d's flow control with its utilization detector: calls wait, first come first served, while
/// the pool is saturated by its metrics, and are refused after a time to live. Between two readings
/// nothing tells it what it has sent meanwhile.
///
/// @param queueThreshold calls in an engine's queue at which it is saturated
/// @param kvThreshold share of an engine's KV cache at which it is saturated
/// @param timeToLive the longest wait
/// @see <a href="https://github.com/llm-d/llm-d-inference-scheduler">llm-d's router</a>
public record UtilizationGate(double queueThreshold, double kvThreshold, Duration timeToLive)
    implements Contender {

  @Override
  public String name() {
    return "llm-d-gate";
  }

  @Override
  public String about() {
    return "llm-d's flow control: waits while engines' queues or KV caches were last seen full";
  }

  @Override
  public String setting() {
    return String.format(
        Locale.ROOT,
        "queue %.0f, kv %.0f %%, %d s",
        queueThreshold,
        100 * kvThreshold,
        timeToLive.toSeconds());
  }

  @Override
  public boolean queues() {
    return true;
  }

  @Override
  public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
    var gate = new Gate(fleet);
    fleet.onScrape((_, _) -> gate.release());
    return List.of(gate, new LeastOutstanding(fleet));
  }

  private record Waiting(Call call, Next next, Loop.Timer expiry) {}

  private final class Gate implements Stage {
    private final SimulatedFleet fleet;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();

    Gate(SimulatedFleet fleet) {
      this.fleet = fleet;
    }

    @Override
    public void handle(Call call, Next next) {
      if (queue.isEmpty() && !saturated()) {
        next.proceed(call);
        return;
      }
      Loop.Timer expiry =
          call.loop()
              .at(
                  call.loop().nanoTime() + timeToLive.toNanos(),
                  () -> call.end(new Shed(Reason.UPSTREAM_BUSY, Duration.ZERO)));
      call.hold(expiry::cancel);
      queue.add(new Waiting(call, next, expiry));
    }

    void release() {
      while (!queue.isEmpty() && !saturated()) {
        Waiting first = queue.remove();
        first.expiry.cancel();
        first.call.waited(first.call.loop().nanoTime() - first.call.arrivedNanos());
        first.next.proceed(first.call); // who has left meanwhile goes no further
      }
    }

    /// Mean over the replicas of `max(queue / queueThreshold, kv / kvThreshold) >= 1`.
    private boolean saturated() {
      return fleet.replicas().stream()
              .map(fleet::scraped)
              .mapToDouble(this::utilization)
              .average()
              .orElse(1)
          >= 1;
    }

    private double utilization(Telemetry read) {
      return Math.max(read.waiting() / queueThreshold, read.kvUsage() / kvThreshold);
    }
  }
}
