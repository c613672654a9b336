package dev.forebay.lab.simulator;

/// How often a simulated replica fails, as shares of its attempts; what is left is answered well.
///
/// @param connect the connection is refused
/// @param broken the answer breaks off, before or after its first content
/// @param fakeSuccess 200, and then nothing
/// @param busy the replica says that it is overloaded
/// @param slow the first content takes longer than anybody waits
public record Faults(double connect, double broken, double fakeSuccess, double busy, double slow) {
  public static final Faults NONE = new Faults(0, 0, 0, 0, 0);

  public Faults {
    double sum = connect + broken + fakeSuccess + busy + slow;
    double least = Math.min(connect, Math.min(Math.min(broken, fakeSuccess), Math.min(busy, slow)));
    if (!(least >= 0 && sum <= 1)) {
      throw new IllegalArgumentException("shares must be >= 0 and at most 1 together, were " + sum);
    }
  }

  /// What befalls the attempt that drew `share` from [0, 1).
  Fate fate(double share) {
    double left = share;
    if ((left -= connect) < 0) {
      return Fate.CONNECT;
    }
    if ((left -= broken) < 0) {
      return Fate.BROKEN;
    }
    if ((left -= fakeSuccess) < 0) {
      return Fate.FAKE_SUCCESS;
    }
    if ((left -= busy) < 0) {
      return Fate.BUSY;
    }
    return left - slow < 0 ? Fate.SLOW : Fate.SERVED;
  }

  enum Fate {
    CONNECT,
    BROKEN,
    FAKE_SUCCESS,
    BUSY,
    SLOW,
    SERVED
  }
}
