package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Duty;
import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.engine.ReplayerConfig;
import dev.forebay.lab.load.SaturationLoad;
import java.util.List;

/// Calls that Forebay refuses with 429, their bodies read and their connections kept, beside the
/// same calls passed on by others.
final class ShedCost implements Measurement {
  @Override
  public String title() {
    return "Unary calls over kept connections, 1.5 KB in: Forebay refuses all of them with 429,"
        + " others pass them on and 1 KB back";
  }

  @Override
  public List<Figure> figures() {
    return Window.ofRequests();
  }

  @Override
  public List<Bar> bars() {
    return List.of(new Bar.TimesAtMost(Figure.CPU_REQUEST, 0.6));
  }

  @Override
  public ReplayerConfig upstream() {
    return ReplayerConfig.DEFAULT;
  }

  @Override
  public Duty duty() {
    return Duty.SHED;
  }

  @Override
  public Sample measure(Order order, Runnable begin) throws InterruptedException {
    byte[] request = order.request(Wire.HTTP1, false);
    try (var load = new SaturationLoad(order.address(Wire.HTTP1), request, order.connections())) {
      load.start();
      return Window.of(
          order,
          begin,
          () -> {
            var read = load.read().join();
            return count(order, read);
          });
    }
  }

  /// One call is let in by the limit, the first; every other answer of 200 touched the upstream.
  private static Window.Count count(Order order, SaturationLoad.Report read) {
    boolean sheds = order.javaPid() != 0;
    long done = sheds ? read.refused() : read.answered();
    long other = sheds && !order.warmUp() ? read.answered() : sheds ? 0 : read.refused();
    return new Window.Count(done, other + read.broken());
  }
}
