package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.engine.ReplayerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How long a stream takes to its first content, when the upstream has it at once.
final class FirstContent implements Measurement {
  private static final Figure P50 = new Figure("p50", "Median to first content", "ms", 3);
  private static final Figure P99 = new Figure("p99", "99th percentile", "ms", 3);
  private static final int CHUNKS = 3;

  @Override
  public String title() {
    return "Streams in an open loop, from when each was to be sent to its first content";
  }

  @Override
  public List<Figure> figures() {
    return List.of(P50, P99);
  }

  @Override
  public List<Bar> bars() {
    return List.of(new Bar.MoreAtMost(P50, 0.3));
  }

  @Override
  public ReplayerConfig upstream() {
    return ReplayerConfig.DEFAULT.withChunks(CHUNKS, Duration.ZERO);
  }

  @Override
  public Sample measure(Order order, Runnable begin) {
    begin.run();
    var report = OpenLoop.run(order, 1);
    var first = report.ttft();
    return new Sample(
        Map.of(
            P50.key(), first.getValueAtPercentile(50) / 1e6,
            P99.key(), first.getValueAtPercentile(99) / 1e6),
        first.getTotalCount(),
        OpenLoop.failed(report),
        OpenLoop.lateMillis(report));
  }
}
