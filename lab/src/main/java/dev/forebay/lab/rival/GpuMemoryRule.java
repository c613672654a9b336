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

/// Refuses while `nvidia-smi` shows more than a share of the memory as used. An engine takes its
/// memory when it starts, so the reading says nothing of its load: any bound refuses all or none.
///
/// @param most share of the GPU's memory, 0 to 1
public record GpuMemoryRule(double most) implements Contender {
  /// What vLLM on a GPU of 24 GiB was seen to hold, from idle to saturation.
  private static final double HELD = 0.917;

  @Override
  public String name() {
    return "memory-rule";
  }

  @Override
  public String about() {
    return String.format(
        Locale.ROOT,
        "refuses above %.0f %% of GPU memory; even an idle vLLM holds %.0f %%, so nobody is served",
        100 * most,
        100 * HELD);
  }

  @Override
  public String setting() {
    return String.format(Locale.ROOT, "refuses above %.0f %%", 100 * most);
  }

  @Override
  public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
    return List.of(
        (call, next) -> {
          if (HELD > most) {
            call.end(new Shed(Reason.UPSTREAM_BUSY, Duration.ZERO));
          } else {
            next.proceed(call);
          }
        },
        new LeastOutstanding(fleet));
  }
}
