package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Duty;
import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.engine.ReplayerConfig;
import java.util.List;
import java.util.Set;

/// What can be measured, by the names that users give.
@SuppressWarnings("ImmutableEnumChecker") // a measurement has no state
public enum Scenario {
  UNARY(new UnaryCost(Wire.HTTP1)),
  LATENCY(new CallLatency()),
  FIRST_CONTENT(new FirstContent()),
  STREAMS(new StreamCost(Duty.NOTHING)),
  UNPACED(new UnpacedStreams()),
  IDLE(new IdleStreams()),
  HTTP2(new Http2Cost()),
  TLS(new UnaryCost(Wire.TLS)),
  SHED(new ShedCost()),
  FULL_UNARY(new UnaryCost(Wire.HTTP1, Duty.EVERYTHING)),
  FULL_STREAMS(new StreamCost(Duty.EVERYTHING));

  private final Measurement measurement;

  Scenario(Measurement measurement) {
    this.measurement = measurement;
  }

  Measurement measurement() {
    return measurement;
  }

  public String title() {
    return measurement.title();
  }

  /// What a round measures, what the scenario is about first.
  public List<Figure> figures() {
    return measurement.figures();
  }

  public List<Bar> bars() {
    return measurement.bars();
  }

  public ReplayerConfig upstream() {
    return measurement.upstream();
  }

  public Set<Wire> wires() {
    return measurement.wires();
  }

  /// What Forebay has to do for each call.
  public Duty duty() {
    return measurement.duty();
  }

  public boolean holds() {
    return measurement.holds();
  }
}
