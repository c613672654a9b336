package dev.forebay.lab.rival;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.SimulatedFleet;
import dev.forebay.lab.simulator.VirtualLoop;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// nginx's `limit_req` with `nodelay`: so many calls a second, and a second's worth of them at
/// once. Refusals say nothing of when to come back.
///
/// @param rate calls a second
/// @see <a href="https://nginx.org/en/docs/http/ngx_http_limit_req_module.html">limit_req</a>
public record RateLimit(double rate) implements Contender {

  @Override
  public String name() {
    return "rate-limit";
  }

  @Override
  public String about() {
    return "nginx's limit_req: so many calls a second, the others are refused at once";
  }

  @Override
  public String setting() {
    return String.format(Locale.ROOT, "%.1f calls/s", rate);
  }

  @Override
  public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
    return List.of(new Limiter(), new LeastOutstanding(fleet));
  }

  private final class Limiter implements Stage {
    private double excess = -1; // the first call is none
    private long lastNanos;

    @Override
    public void handle(Call call, Next next) {
      long now = call.loop().nanoTime();
      // excess = max(excess - rate × elapsed + 1, 0); refused where it is more than the burst
      double after = Math.max(0, excess - rate * (now - lastNanos) / 1e9 + 1);
      if (after > rate) {
        call.end(new Shed(Reason.RATE_LIMITED, Duration.ZERO));
        return;
      }
      excess = after;
      lastNanos = now;
      next.proceed(call);
    }
  }
}
