package dev.forebay.limit;

/// What nginx's `limit_req` computes for one key: excess in thousandths of a request, on a clock of
/// milliseconds.
final class NginxExcess {
  private final long rate;
  private final long burst;
  private long excess;
  private long lastMillis;
  private boolean known;

  /// @param perSecond requests
  NginxExcess(long perSecond, long burst) {
    this.rate = perSecond * 1000;
    this.burst = burst * 1000;
  }

  boolean passes(long millis) {
    if (!known) {
      known = true;
      lastMillis = millis;
      return true;
    }
    long next = Math.max(0, excess - rate * (millis - lastMillis) / 1000 + 1000);
    if (next > burst) {
      return false;
    }
    excess = next;
    lastMillis = millis;
    return true;
  }

  /// How long nginx holds the request that just passed.
  long delayMillis(long delay) {
    return Math.max(0, excess - delay * 1000) * 1000 / rate;
  }
}
