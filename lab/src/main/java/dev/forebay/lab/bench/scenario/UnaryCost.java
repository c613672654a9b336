package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Duty;
import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.engine.ReplayerConfig;
import dev.forebay.lab.load.SaturationLoad;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// 1.5 KB in and 1 KB out over kept connections, each asking again as soon as it is answered.
///
/// @param wire what callers speak, HTTP/1.1 or TLS
/// @param duty what Forebay has to do for each
record UnaryCost(Wire wire, Duty duty) implements Measurement {
  private static final String CIPHER = "TLS_AES_128_GCM_SHA256";

  UnaryCost(Wire wire) {
    this(wire, Duty.NOTHING);
  }

  @Override
  public String title() {
    return "Unary calls over kept "
        + (wire == Wire.TLS ? "TLS 1.3 connections, " + CIPHER : "connections")
        + "; 1.5 KB in, 1 KB out, as fast as they are answered"
        + (duty == Duty.EVERYTHING ? "; Forebay with keys, limits, tokens and its log" : "");
  }

  @Override
  public List<Figure> figures() {
    return Window.ofRequests();
  }

  @Override
  public List<Bar> bars() {
    if (duty == Duty.EVERYTHING) {
      return List.of(new Bar.TimesAtMost(Figure.CPU_REQUEST, 1.6));
    }
    return wire == Wire.TLS ? List.of(new Bar.TimesAtMost(Figure.CPU_REQUEST, 1.2)) : List.of();
  }

  @Override
  public ReplayerConfig upstream() {
    return ReplayerConfig.DEFAULT;
  }

  @Override
  public Set<Wire> wires() {
    return Set.of(wire);
  }

  @Override
  public Sample measure(Order order, Runnable begin) throws InterruptedException {
    byte[] request = order.request(wire, false);
    try (var load =
        new SaturationLoad(order.address(wire), request, order.connections(), tls(order))) {
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

  private @Nullable SslContext tls(Order order) {
    if (wire != Wire.TLS) {
      return null;
    }
    try {
      return SslContextBuilder.forClient()
          .trustManager(new File(Objects.requireNonNull(order.certificate())))
          .endpointIdentificationAlgorithm("") // the load connects by address, not by name
          .protocols("TLSv1.3")
          .ciphers(List.of(CIPHER))
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS 1.3 here", e);
    }
  }
}
