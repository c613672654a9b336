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
    NOTHING("the product as it is, with its defaults"),
    LEDGER("forebay, but engines show nothing of their KV caches; equal while those have room"),
    EARLY_REJECTION(
        "forebay, but whoever comes waits, however many are ahead; equal while nobody waits for long",
        "queue: {maxWait: 1h, earlyPercent: 2147483647}"),
    QUEUE(
        "forebay, but nobody waits: who finds no room is refused at once; equal while there is room",
        "queue: {maxCalls: 0}"),
    PREFIX(
        "forebay, but nobody knows who read which beginning; equal where no prompts begin alike"),
    PACE(
        "forebay, but prompts are sent however long others then wait for tokens; equal at low load",
        "gpu: {pace: 0s}");

    private final String about;
    private final String yaml;

    Less(String about) {
      this(about, "");
    }

    Less(String about, String yaml) {
      this.about = about;
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
  public String about() {
    return less.about;
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
