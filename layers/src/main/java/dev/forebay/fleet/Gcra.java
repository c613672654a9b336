package dev.forebay.fleet;

/// The generic cell rate algorithm: a token bucket whose whole state is one moment, `paid`, until
/// which what was taken is paid for by the passing of time.
///
/// ```
/// owed  = max(0, paid - now)
/// takes = owed + cost <= capacity      then  paid = now + owed + cost
/// wait  = owed + cost - capacity       exactly how long until it would pass
/// ```
///
/// All in nanoseconds, of a clock whose origin means nothing and which may wrap. A unit that is no
/// whole number of nanoseconds is rounded up once per taking: by less than 1 ns, never in the
/// caller's favour, and at 1000 takings a second by less than a millionth of the rate. Immutable.
///
/// @see "ITU-T I.371, Traffic control and congestion control in B-ISDN, section A"
public final class Gcra {
  /// 73 years: longer debts are cut here, so that sums of two cannot overflow.
  private static final long LONGEST = 1L << 61;

  private final Rate rate;
  private final long wholeNanos;
  private final long rest;
  private final long capacityNanos;

  /// @param capacity units that can be had at once when nothing is owed
  public Gcra(Rate rate, long capacity) {
    this.rate = rate;
    this.wholeNanos = rate.per().nanos() / rate.units();
    this.rest = rate.per().nanos() % rate.units();
    this.capacityNanos = cost(capacity);
  }

  /// How long it takes to pay for so many units.
  public long cost(long units) {
    if (units > LONGEST / (wholeNanos + 1)) {
      return LONGEST;
    }
    if (rest == 0) {
      return units * wholeNanos;
    }
    // rest < rate.units <= 10^9, so this holds for more than 9 * 10^9 units.
    long part = units > Long.MAX_VALUE / Rate.MOST ? units : ceilDiv(units * rest, rate.units());
    return Math.min(LONGEST, units * wholeNanos + part);
  }

  private static long ceilDiv(long a, long b) {
    return (a + b - 1) / b;
  }

  /// How long it takes, from now, to pay for all that was taken.
  public static long owed(long paid, long now) {
    return Math.max(0, paid - now);
  }

  /// How long until the cost can be taken; 0 if now, `Long.MAX_VALUE` if never.
  public long wait(long paid, long now, long cost) {
    return cost > capacityNanos
        ? Long.MAX_VALUE
        : Math.max(0, owed(paid, now) + cost - capacityNanos);
  }

  /// The state after the cost was taken, or, if it is negative, given back. What is given back
  /// beyond what is owed is lost: a bucket is never more than full.
  public static long take(long paid, long now, long cost) {
    return now + Math.clamp(owed(paid, now) + cost, 0, LONGEST);
  }

  /// The state under another rate, with as many units owed as now.
  public long asOf(Gcra after, long paid, long now) {
    if (rate.equals(after.rate)) {
      return paid;
    }
    double units = owed(paid, now) / nanosPerUnit();
    return now + Math.min(LONGEST, (long) Math.ceil(units * after.nanosPerUnit()));
  }

  /// Units that can be had now, whole ones. For the eye: the last digit of large numbers may be
  /// off.
  public long available(long paid, long now) {
    return (long) (Math.max(0, capacityNanos - owed(paid, now)) / nanosPerUnit());
  }

  private double nanosPerUnit() {
    return (double) rate.per().nanos() / rate.units();
  }
}
