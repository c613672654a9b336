package dev.forebay.lab.rival;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.SimulatedFleet;
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

/// HAProxy's `maxconn` with `timeout queue`: so many calls under way for each replica; the others
/// wait, first come first served, and are refused after a time.
///
/// @param most calls under way for each replica
/// @param longest wait
/// @see <a href="https://docs.haproxy.org/2.6/configuration.html#5.2-maxconn">maxconn</a>
public record FixedLimit(int most, Duration longest) implements Contender {

  @Override
  public String name() {
    return "fixed-limit";
  }

  @Override
  public String about() {
    return "HAProxy's maxconn: so many calls under way; the others wait in line, for a time";
  }

  @Override
  public String setting() {
    return String.format(Locale.ROOT, "%d calls, %d ms", most, longest.toMillis());
  }

  @Override
  public boolean queues() {
    return true;
  }

  @Override
  public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
    return List.of(new Limiter(most * fleet.replicas().size()), new LeastOutstanding(fleet));
  }

  private record Waiting(Call call, Next next, Loop.Timer expiry) {}

  private final class Limiter implements Stage {
    private final int all;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private int underWay;

    Limiter(int all) {
      this.all = all;
    }

    @Override
    public void handle(Call call, Next next) {
      if (underWay < all) {
        pass(call, next);
        return;
      }
      Loop.Timer expiry =
          call.loop()
              .at(
                  call.loop().nanoTime() + longest.toNanos(),
                  () -> call.end(new Shed(Reason.UPSTREAM_BUSY, Duration.ZERO)));
      call.hold(expiry::cancel);
      queue.add(new Waiting(call, next, expiry));
    }

    private void pass(Call call, Next next) {
      underWay++;
      call.onEnd(_ -> ended());
      next.proceed(call);
    }

    private void ended() {
      underWay--;
      while (underWay < all && !queue.isEmpty()) {
        Waiting first = queue.remove();
        first.expiry.cancel();
        if (!first.call.ended()) { // who has left meanwhile takes no place
          first.call.waited(first.call.loop().nanoTime() - first.call.arrivedNanos());
          pass(first.call, first.next);
        }
      }
    }
  }
}
