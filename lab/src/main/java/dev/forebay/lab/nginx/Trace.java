package dev.forebay.lab.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// A limit and the moments at which it is asked.
///
/// @param perSecond requests
/// @param burst in excess of the rate
/// @param arrivals milliseconds from the start, in order
record Trace(int perSecond, int burst, List<Double> arrivals) {

  /// Somewhere between half and three times what the limit allows, with pauses and crowds.
  static Trace draw(RandomGenerator random, double seconds) {
    int perSecond = 1 + random.nextInt(50);
    int burst = random.nextInt(40);
    double offered = perSecond * (0.5 + 2.5 * random.nextDouble());
    var arrivals = new ArrayList<Double>();
    for (double at = 0; at < seconds * 1000; ) {
      arrivals.add(at);
      boolean crowd = random.nextInt(3) == 0;
      at += crowd ? 0 : random.nextExponential() * 1.5 * 1000 / offered;
    }
    return new Trace(perSecond, burst, arrivals);
  }
}
