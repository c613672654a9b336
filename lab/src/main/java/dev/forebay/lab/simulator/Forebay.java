package dev.forebay.lab.simulator;

import dev.forebay.fleet.Makers;
import dev.forebay.gpu.GpuConfig;
import dev.forebay.gpu.GpuStage;
import dev.forebay.gpu.OutlierEjection;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.gpu.Rooms;
import dev.forebay.pipeline.Stage;
import dev.forebay.queue.QueueStage;
import dev.forebay.queue.Queues;
import dev.forebay.retry.RetryBudgets;
import dev.forebay.retry.RetryConfig;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The gateway's own stages and policies, those of the product, with its defaults; or without one
/// of their ingredients, to see what that is worth.
public record Forebay(Less less) implements Contender {
  /// What may be left out.
  public enum Less {
    NOTHING,
    /// Engines show nothing, so nobody knows what their KV cache holds.
    LEDGER,
    /// Whoever comes waits, however many are ahead.
    EARLY_REJECTION("queue: {maxWait: 1h, earlyPercent: 2147483647}"),
    /// Nobody waits: who finds no room is refused.
    QUEUE("queue: {maxCalls: 0}"),
    /// Nobody remembers who read which beginning of a prompt.
    PREFIX,
    /// Prompts are sent however long others wait for their tokens because of it.
    PACE("gpu: {pace: 0s}");

    private final String yaml;

    Less() {
      this("");
    }

    Less(String yaml) {
      this.yaml = yaml;
    }

    private GatewayConfig config() {
      return LOADER.parse(yaml, name(), Path.of(""));
    }
  }

  private static final ConfigLoader LOADER = new ConfigLoader(_ -> null);

  /// As in `reference.yaml`.
  public static final GatewayConfig DEFAULTS = LOADER.defaults();

  private static final long BLOCK = 16;

  public Forebay() {
    this(Less.NOTHING);
  }

  @Override
  public String name() {
    return less == Less.NOTHING
        ? "forebay"
        : "less-" + less.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public boolean queues() {
    return true;
  }

  @Override
  public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var rooms = less == Less.PREFIX ? new Rooms(0) : new Rooms();
    if (less != Less.LEDGER) {
      fleet.onScrape((replica, shown) -> rooms.observed(replica, telemetry(shown)));
    }
    GatewayConfig config = less.config();
    RetryConfig retry = config.retry();
    GpuConfig gpu = config.gpu();
    var capacity = new PowerOfTwoChoices(gpu, rooms, random);
    return List.of(
        new RetryStage(new RetryPolicy(retry), fleet, new RetryBudgets(retry)),
        new QueueStage(fleet, new Queues(config.queue(), capacity)),
        new GpuStage(
            fleet,
            new Makers(gpu.affinity()),
            capacity,
            new OutlierEjection(gpu),
            _ -> {},
            _ -> {}));
  }

  static dev.forebay.gpu.Telemetry telemetry(Telemetry shown) {
    return new dev.forebay.gpu.Telemetry(
        shown.atNanos(),
        shown.atNanos(),
        OptionalDouble.of(shown.kvUsage()),
        OptionalLong.of(shown.kvTokens()),
        OptionalLong.of(shown.running()),
        OptionalLong.of(shown.waiting()),
        OptionalLong.of(shown.maxNumSeqs()),
        OptionalLong.of(shown.preemptions()),
        OptionalLong.of(BLOCK),
        OptionalLong.empty(),
        OptionalLong.empty());
  }
}
