package dev.forebay.lab.rival;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.SimulatedFleet;
import dev.forebay.lab.simulator.VirtualLoop;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Refuses while the KV cache was fuller than a bound on every replica when it was last looked at:
/// the right signal, of what is and not of what was promised.
///
/// @param most share of the KV cache, 0 to 1
public record KvRule(double most) implements Contender {

  @Override
  public String name() {
    return "kv-rule";
  }

  @Override
  public String about() {
    return "refuses while every KV cache was fuller than a bound when it was last looked at";
  }

  @Override
  public String setting() {
    return String.format(Locale.ROOT, "refuses above %.0f %%", 100 * most);
  }

  @Override
  public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
    return List.of(
        (call, next) -> {
          double least =
              fleet.replicas().stream()
                  .mapToDouble(replica -> fleet.scraped(replica).kvUsage())
                  .min()
                  .orElseThrow();
          if (least > most) {
            call.end(new Shed(Reason.UPSTREAM_BUSY, Duration.ZERO));
          } else {
            next.proceed(call);
          }
        },
        new LeastOutstanding(fleet));
  }
}
