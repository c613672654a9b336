package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.engine.ReplayerConfig;
import java.time.Duration;
import java.util.List;

/// Many streams at once, each with a chunk every 50 ms, connecting left out.
final class StreamCost implements Measurement {
  private static final Duration EVERY = Duration.ofMillis(50);
  private static final int CHUNKS = 100_000; // longer than any window

  @Override
  public String title() {
    return "Open streams, each with a chunk every " + EVERY.toMillis() + " ms";
  }

  @Override
  public List<Figure> figures() {
    return Window.ofChunks();
  }

  @Override
  public List<Bar> bars() {
    return List.of();
  }

  @Override
  public ReplayerConfig upstream() {
    return ReplayerConfig.DEFAULT.withChunks(CHUNKS, EVERY);
  }

  @Override
  public Sample measure(Order order, Runnable begin) throws InterruptedException {
    try (var hold = HeldStreams.open(order, order.streams())) {
      return Window.of(order, begin, hold::count);
    }
  }
}
