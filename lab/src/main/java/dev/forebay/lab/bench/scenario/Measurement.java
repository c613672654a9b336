package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Duty;
import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.engine.ReplayerConfig;
import java.util.List;
import java.util.Set;

/// How a scenario is measured. Has no state: the bench asks it what it needs, the load's process
/// asks it to measure.
interface Measurement {
  /// One line for readers.
  String title();

  /// What it measures, what it is about first.
  List<Figure> figures();

  /// What is to hold of Forebay.
  List<Bar> bars();

  ReplayerConfig upstream();

  default Set<Wire> wires() {
    return Set.of(Wire.HTTP1);
  }

  /// What Forebay has to do for each call.
  default Duty duty() {
    return Duty.NOTHING;
  }

  /// Whether the window is as long as the user wants streams held, and one round enough: what is
  /// counted are bytes, which do not vary as time does.
  default boolean holds() {
    return false;
  }

  /// Brings the proxy to where it stays, for about the order's window; of the sample only how many
  /// calls failed is of use.
  default Sample warmUp(Order order) throws InterruptedException {
    return measure(order, () -> {});
  }

  /// Measures one proxy once.
  ///
  /// @param begin to be run when the window begins, load having settled
  Sample measure(Order order, Runnable begin) throws InterruptedException;
}
