package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.engine.ReplayerConfig;
import dev.forebay.lab.load.Http2Load;
import java.util.List;
import java.util.Set;

/// Unary calls over HTTP/2 and, in the same round, as many over HTTP/1.1.
final class Http2Cost implements Measurement {
  private static final int CONNECTIONS = 4;
  private static final Figure HTTP1 = new Figure("http1", "The same over HTTP/1.1", "µs", 2);
  private static final Figure RATIO = new Figure("ratio", "HTTP/2 over HTTP/1.1", "times", 2);

  @Override
  public String title() {
    return "Unary calls as streams of " + CONNECTIONS + " HTTP/2 connections, prior knowledge";
  }

  @Override
  public List<Figure> figures() {
    return List.of(Figure.CPU_REQUEST, HTTP1, RATIO, Figure.REQUESTS, Figure.BUSY);
  }

  @Override
  public List<Bar> bars() {
    return List.of(new Bar.AtMost(RATIO, 2));
  }

  @Override
  public ReplayerConfig upstream() {
    return ReplayerConfig.DEFAULT;
  }

  @Override
  public Set<Wire> wires() {
    return Set.of(Wire.HTTP1, Wire.HTTP2);
  }

  @Override
  public Sample measure(Order order, Runnable begin) throws InterruptedException {
    Sample http1 = new UnaryCost(Wire.HTTP1).measure(order, begin);
    Sample http2 = http2(order, begin);
    double plain = http1.of(Figure.CPU_REQUEST);
    double ratio = http2.of(Figure.CPU_REQUEST) / plain;
    return new Sample(
            http2.figures(), http2.done(), http1.failed() + http2.failed(), http2.lateMillis())
        .with(HTTP1, plain)
        .with(RATIO, ratio);
  }

  private static Sample http2(Order order, Runnable begin) throws InterruptedException {
    int each = Math.max(1, order.connections() / CONNECTIONS);
    try (var load =
        new Http2Load(order.target(Wire.HTTP2), order.body(Wire.HTTP2), CONNECTIONS, each)) {
      load.start();
      return Window.of(
          order,
          begin,
          () -> {
            var read = load.read().join();
            return new Window.Count(read.answered(), read.refused() + read.broken());
          });
    }
  }
}
