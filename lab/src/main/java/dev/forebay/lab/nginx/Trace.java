package dev.forebay.lab.nginx;

import dev.forebay.limit.Limit.Requests;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// A limit and the moments at which it is asked.
///
/// @param perSecond requests
/// @param burst in excess of the rate
/// @param delay of the burst, how many pass at once; `NODELAY` for all
/// @param arrivals milliseconds from the start, in order
record Trace(int perSecond, int burst, long delay, List<Double> arrivals) {
  /// No request is held for longer.
  private static final int LONGEST_DELAY_SECONDS = 3;

  /// What nginx is told of bursts and delays. It takes no delay of 0 in words: that is its default.
  String nginx() {
    String delays = delay == Requests.NODELAY ? " nodelay" : delay == 0 ? "" : " delay=" + delay;
    return burst == 0 ? " nodelay" : " burst=" + burst + delays;
  }

  /// Somewhere between half and three times what the limit allows, with pauses and crowds.
  static Trace draw(RandomGenerator random, double seconds) {
    int perSecond = 1 + random.nextInt(30);
    boolean delays = random.nextBoolean();
    int burst = random.nextInt(delays ? Math.min(40, LONGEST_DELAY_SECONDS * perSecond) : 40);
    long delay = delays ? random.nextInt(burst + 1) : Requests.NODELAY;
    double offered = perSecond * (0.5 + 2.5 * random.nextDouble());
    var arrivals = new ArrayList<Double>();
    for (double at = 0; at < seconds * 1000; ) {
      arrivals.add(at);
      boolean crowd = random.nextInt(3) == 0;
      at += crowd ? 0 : random.nextExponential() * 1.5 * 1000 / offered;
    }
    return new Trace(perSecond, burst, delay, arrivals);
  }
}
