package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.engine.ReplayerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How long unary calls take that come at a rate which is far from the most.
final class CallLatency implements Measurement {
  private static final Figure P50 = new Figure("p50", "Median latency", "ms", 3);
  private static final Figure P99 = new Figure("p99", "99th percentile of latency", "ms", 3);

  @Override
  public String title() {
    return "Unary calls in an open loop, from when each was to be sent";
  }

  @Override
  public List<Figure> figures() {
    return List.of(P99, P50, Figure.CPU_REQUEST, Figure.REQUESTS);
  }

  @Override
  public List<Bar> bars() {
    return List.of(new Bar.TimesAtMost(P99, 2));
  }

  @Override
  public ReplayerConfig upstream() {
    return ReplayerConfig.DEFAULT;
  }

  /// As many calls as can be, for the compiler's sake.
  @Override
  public Sample warmUp(Order order) throws InterruptedException {
    return new UnaryCost(Wire.HTTP1).warmUp(order);
  }

  @Override
  public Sample measure(Order order, Runnable begin) {
    begin.run();
    Duration cpu = CpuClock.read(order.pids());
    var report = OpenLoop.run(order, 0);
    Duration used = CpuClock.read(order.pids()).minus(cpu);
    var latency = report.okLatency();
    long done = latency.getTotalCount();
    return new Sample(
        Map.of(
            P50.key(), latency.getValueAtPercentile(50) / 1e6,
            P99.key(), latency.getValueAtPercentile(99) / 1e6,
            Figure.CPU_REQUEST.key(), used.toNanos() / 1e3 / Math.max(1, done),
            Figure.REQUESTS.key(), done * 1e9 / report.took().toNanos()),
        done,
        OpenLoop.failed(report),
        OpenLoop.lateMillis(report));
  }
}
