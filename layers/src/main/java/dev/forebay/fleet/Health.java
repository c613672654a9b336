package dev.forebay.fleet;

/// What is known of a replica's health, from probes and from the calls it answered.
///
/// Three kinds of evidence are kept apart. A **probe** that fails puts the replica down, whatever
/// the state of its pool. **Outlier ejection**, from calls that failed, is decided over the whole
/// pool by `dev.forebay.gpu.OutlierEjection` and only recorded here. After either, the replica
/// returns with a small weight that grows to 1 over the slow start. And it is **suspect** as long
/// as something is wrong with the device that it runs on, as `dev.forebay.gpu.GpuGuard` tells.
///
/// Reads are safe from any thread and cost one volatile read each; writes are guarded by the
/// object.
public final class Health {
  private static final long NEVER = Long.MIN_VALUE;

  private volatile boolean down;
  private volatile boolean suspect;
  private volatile long ejectedUntilNanos = NEVER;
  private volatile long returnedNanos = NEVER;
  private volatile long downSinceNanos = NEVER;
  private volatile long probeEveryNanos;
  private volatile int failuresInARow;
  private volatile int ejections;

  /// Whether calls may be sent there now.
  public boolean usable(long now) {
    return !down && !suspect && !ejected(now);
  }

  public boolean down() {
    return down;
  }

  /// Whether something is wrong with its device.
  public boolean suspect() {
    return suspect;
  }

  public void suspect(boolean suspect) {
    this.suspect = suspect;
  }

  /// How long it has been down; 0 if it is not.
  public long downFor(long now) {
    return down ? Math.max(0, now - downSinceNanos) : 0;
  }

  /// Time between two probes as it was when it went down. One that is down cannot return sooner.
  public long probeEveryNanos() {
    return probeEveryNanos;
  }

  public boolean ejected(long now) {
    long until = ejectedUntilNanos;
    return until != NEVER && now - until < 0;
  }

  /// When the ejection ends, on the loops' clock; `now` if there is none.
  public long usableAt(long now) {
    return ejected(now) ? ejectedUntilNanos : now;
  }

  /// Share of its normal load that the replica may take: 0.1 on its return, growing to 1 in a line
  /// over the slow start.
  ///
  /// @param slowStartNanos length of the slow start; 0 returns it to full load at once
  public double weight(long now, long slowStartNanos) {
    long returned = returnedNanos;
    if (returned == NEVER || slowStartNanos == 0 || now - returned >= slowStartNanos) {
      return 1;
    }
    return 0.1 + 0.9 * Math.max(0, now - returned) / slowStartNanos;
  }

  public int failuresInARow() {
    return failuresInARow;
  }

  /// A call was answered as it should be.
  public void succeeded() {
    // Two loops may both write here; both write 0.
    if (failuresInARow != 0) {
      failuresInARow = 0;
    }
  }

  /// A call failed through the replica's fault.
  ///
  /// @return failures in a row, this one included
  public synchronized int failed() {
    return ++failuresInARow;
  }

  /// Takes the replica out for a time that grows with every ejection in a row.
  public synchronized void eject(long now, long baseNanos, long maxNanos) {
    ejections = Math.min(ejections + 1, 30);
    long length = Math.min(maxNanos, baseNanos * ejections);
    ejectedUntilNanos = now + length;
    returnedNanos = now + length;
    failuresInARow = 0;
  }

  /// A probe found the replica dead.
  ///
  /// @param everyNanos time between two probes
  /// @return whether that was news
  public synchronized boolean markDown(long now, long everyNanos) {
    boolean news = !down;
    if (news) {
      downSinceNanos = now;
    }
    probeEveryNanos = everyNanos;
    down = true;
    return news;
  }

  /// A probe found the replica alive. One that was down or ejected returns by slow start.
  ///
  /// @return whether that was news
  public synchronized boolean markUp(long now) {
    if (!down) {
      return false;
    }
    failuresInARow = 0;
    ejectedUntilNanos = NEVER;
    returnedNanos = now;
    // Last, so that nobody sees it usable at its full weight.
    down = false;
    return true;
  }

  /// Forgets past ejections after the replica has served well for long.
  public void forgive(long now, long afterNanos) {
    // Every answered call comes by here; only the rare replica with a past pays for the lock.
    if (ejections == 0) {
      return;
    }
    synchronized (this) {
      if (!ejected(now) && returnedNanos != NEVER && now - returnedNanos > afterNanos) {
        ejections = 0;
      }
    }
  }
}
