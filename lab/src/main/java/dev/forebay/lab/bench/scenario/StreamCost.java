package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Duty;
import dev.forebay.lab.engine.ReplayerConfig;
import java.time.Duration;
import java.util.List;

/// Many streams at once, each with a chunk every 50 ms, connecting left out.
///
/// @param duty what Forebay has to do for each
record StreamCost(Duty duty) implements Measurement {
  private static final Duration EVERY = Duration.ofMillis(50);
  private static final int CHUNKS = 100_000; // longer than any window

  @Override
  public String title() {
    return "Open streams, each with a chunk every "
        + EVERY.toMillis()
        + " ms"
        + (duty == Duty.EVERYTHING ? "; Forebay with keys, limits, tokens and its log" : "");
  }

  @Override
  public List<Figure> figures() {
    return Window.ofChunks();
  }

  @Override
  public List<Bar> bars() {
    return duty == Duty.EVERYTHING
        ? List.of(new Bar.TimesAtMost(Figure.CPU_CHUNK, 1.2))
        : List.of();
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
