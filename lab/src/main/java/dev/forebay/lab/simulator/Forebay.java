package dev.forebay.lab.simulator;

import dev.forebay.fleet.AffinityConfig;
import dev.forebay.fleet.Makers;
import dev.forebay.gpu.GpuConfig;
import dev.forebay.gpu.GpuStage;
import dev.forebay.gpu.OutlierEjection;
import dev.forebay.gpu.PowerOfTwoChoices;
import dev.forebay.gpu.Rooms;
import dev.forebay.gpu.ScrapeConfig;
import dev.forebay.pipeline.Stage;
import dev.forebay.queue.QueueConfig;
import dev.forebay.queue.QueueStage;
import dev.forebay.queue.Queues;
import dev.forebay.retry.RetryBudgets;
import dev.forebay.retry.RetryConfig;
import dev.forebay.retry.RetryPolicy;
import dev.forebay.retry.RetryStage;
import java.time.Duration;
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
    EARLY_REJECTION,
    /// Nobody waits: who finds no room is refused.
    QUEUE,
    /// Nobody remembers who read which beginning of a prompt.
    PREFIX,
    /// Prompts are sent however long others wait for their tokens because of it.
    PACE
  }

  /// As in `reference.yaml`.
  static final QueueConfig QUEUE =
      new QueueConfig(
          2_000,
          100_000_000,
          Duration.ofSeconds(60),
          List.of(
              Duration.ofSeconds(10),
              Duration.ofSeconds(10),
              Duration.ofSeconds(60),
              Duration.ofSeconds(300)),
          50);

  private static final Duration PACE = Duration.ofMillis(40);
  private static final RetryConfig RETRY = new RetryConfig(3, 10);
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
    GpuConfig gpu = gpu();
    var capacity = new PowerOfTwoChoices(gpu, rooms, random);
    return List.of(
        new RetryStage(new RetryPolicy(RETRY), fleet, new RetryBudgets(RETRY)),
        new QueueStage(fleet, new Queues(queue(), capacity)),
        new GpuStage(
            fleet,
            new Makers(gpu.affinity()),
            capacity,
            new OutlierEjection(gpu),
            _ -> {},
            _ -> {}));
  }

  private GpuConfig gpu() {
    return new GpuConfig(
        Duration.ofSeconds(30),
        3,
        Duration.ofSeconds(10),
        Duration.ofMinutes(5),
        less == Less.PACE ? Duration.ZERO : PACE,
        new AffinityConfig(1_000, Duration.ofHours(1)),
        new ScrapeConfig(Duration.ofMillis(250), Duration.ofMillis(200)));
  }

  private QueueConfig queue() {
    return switch (less) {
      case NOTHING, LEDGER, PREFIX, PACE -> QUEUE;
      case EARLY_REJECTION ->
          new QueueConfig(
              QUEUE.maxCalls(),
              QUEUE.maxWork(),
              Duration.ofHours(1),
              QUEUE.patience(),
              Integer.MAX_VALUE);
      case QUEUE ->
          new QueueConfig(
              0, QUEUE.maxWork(), QUEUE.maxWait(), QUEUE.patience(), QUEUE.earlyPercent());
    };
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
