package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.engine.ReplayerConfig;
import java.time.Duration;
import java.util.List;

/// As many streams as the open-file limit lets stand, and what memory each takes.
final class IdleStreams implements Measurement {
  private static final Figure EACH = new Figure("each", "Memory per stream", "KiB", 1);
  private static final Figure RESIDENT = new Figure("resident", "Resident in all", "MiB", 0);
  private static final Figure OPEN = new Figure("open", "Streams open", "", 0);
  private static final Duration EVERY =
      Duration.ofMillis(500); // at 250 ms one core barely feeds 9,500
  private static final int CHUNKS = 100_000; // longer than any window

  @Override
  public String title() {
    return "As many streams as can be, each with a chunk every "
        + EVERY.toMillis()
        + " ms: live heap and buffers for each, or what is resident where there is no heap to ask";
  }

  @Override
  public List<Figure> figures() {
    return List.of(EACH, OPEN, RESIDENT);
  }

  @Override
  public List<Bar> bars() {
    return List.of(new Bar.AtMost(EACH, 24));
  }

  @Override
  public ReplayerConfig upstream() {
    return ReplayerConfig.DEFAULT.withChunks(CHUNKS, EVERY);
  }

  @Override
  public boolean holds() {
    return true;
  }

  /// A tenth of them, so that memory is measured as it grows for the first time.
  @Override
  public Sample warmUp(Order order) throws InterruptedException {
    int streams = Math.max(1, order.streams() / 10);
    try (var hold = HeldStreams.open(order, streams)) {
      return Window.of(order, () -> {}, hold::count);
    }
  }

  /// Memory is read when the window is over: a full collection stops what is to be timed.
  @Override
  public Sample measure(Order order, Runnable begin) throws InterruptedException {
    try (var hold = HeldStreams.open(order, order.streams())) {
      Sample sample = Window.of(order, begin, hold::count);
      return memory(order, hold, sample);
    }
  }

  private static Sample memory(Order order, HeldStreams hold, Sample sample) {
    long resident = Memory.resident(order.pids());
    long held = Memory.held(order.pids(), order.javaPid()) - order.baseBytes();
    long open = hold.standing();
    return sample
        .with(EACH, held / 1024.0 / Math.max(1, open))
        .with(RESIDENT, resident / 1048576.0)
        .with(OPEN, (double) open);
  }
}
