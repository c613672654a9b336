package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.engine.ReplayerConfig;
import java.time.Duration;
import java.util.List;

/// Few streams whose chunks come as fast as the proxy takes them.
final class UnpacedStreams implements Measurement {
  private static final int STREAMS = 16;
  private static final int CHUNKS = 1_000_000_000; // longer than any window

  @Override
  public String title() {
    return STREAMS + " streams whose chunks come as fast as they are taken";
  }

  @Override
  public List<Figure> figures() {
    return List.of(Figure.CHUNKS, Figure.CPU_CHUNK, Figure.BUSY);
  }

  @Override
  public List<Bar> bars() {
    return List.of(new Bar.TimesAtLeast(Figure.CHUNKS, 0.6));
  }

  @Override
  public ReplayerConfig upstream() {
    return ReplayerConfig.DEFAULT.withChunks(CHUNKS, Duration.ZERO);
  }

  @Override
  public Sample measure(Order order, Runnable begin) throws InterruptedException {
    try (var hold = HeldStreams.open(order, STREAMS)) {
      return Window.of(order, begin, hold::count);
    }
  }
}
