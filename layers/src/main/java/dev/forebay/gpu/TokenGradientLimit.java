package dev.forebay.gpu;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// How much work may be under way at a replica that shows nothing of itself: a hosted API, an
/// engine without metrics. There is no limit until the first sign of overload; then it is a little
/// less than what was under way, and follows the signs.
///
/// Signs are that a provider pushes back, that it sends keep-alives in place of content, and that
/// first contents take more than half of the time that callers have and twice as long as they do in
/// quiet times. Never probes by throttling, and never goes by the time of whole answers, which is
/// that of their length.
///
/// ```
/// each second with 5 answers, or with push-back:
///   bad  → L = max(2 calls, 0.9 × L), then wait for two seconds, until what runs has shrunk
///   good → L = L + max(1 call, 0.02 × L), where at least 0.8 × L was under way
/// ```
///
/// Quiet times are the 5th percentile of ten minutes, so they follow when a model or its hardware
/// changes. Not thread-safe. O(1) for each answer, O(answers of a second) each second.
///
/// @see <a href="https://github.com/Netflix/concurrency-limits">Gradient2, which goes by the time
///   of whole requests</a>
final class TokenGradientLimit {
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);
  private static final int ENOUGH = 5;
  private static final double LATE = 0.5;
  private static final double SLOWER = 2;
  private static final double KEPT_WAITING = 0.10;
  private static final int HOLD_WINDOWS = 2;
  private static final double DOWN = 0.9;
  private static final double UP = 0.02;
  private static final double BUSY = 0.8;

  private final Samples first = new Samples();
  private final Samples shareOfTime = new Samples();
  private long windowBegan;
  private boolean begun;
  private int answers;
  private int keptWaiting;
  private boolean pushedBack;
  private int hold;
  private double meanWork = 1;
  private double most;
  private double limit = Double.POSITIVE_INFINITY;

  /// A call is sent.
  ///
  /// @param underWay work of all calls on the replica, this one included
  void sent(long work, long underWay) {
    meanWork += 0.05 * (work - meanWork);
    most = Math.max(most, (double) underWay);
  }

  /// An answer began.
  ///
  /// @param nanos from when it was asked for to its first content
  /// @param left nanoseconds that its caller had for that
  /// @param keepAlives that came before it
  void began(long nanos, long left, int keepAlives) {
    first.add((double) nanos);
    shareOfTime.add((double) nanos / left);
    answers++;
    if (keepAlives > 0) {
      keptWaiting++;
    }
  }

  /// The replica said that it is busy.
  void pushedBack() {
    pushedBack = true;
  }

  /// Work that may be under way, work units.
  double limit(long now) {
    if (!begun) {
      begun = true;
      windowBegan = now;
    }
    if (now - windowBegan >= WINDOW && (pushedBack || answers >= ENOUGH)) {
      turn();
      windowBegan = now;
    }
    return limit;
  }

  private void turn() {
    boolean late = shareOfTime.median() > LATE && first.median() > SLOWER * first.base();
    boolean bad = pushedBack || late || keptWaiting > KEPT_WAITING * answers;
    if (hold > 0) {
      hold--;
    } else if (bad) {
      double now = limit == Double.POSITIVE_INFINITY ? most : limit;
      limit = Math.max(2 * meanWork, DOWN * now);
      hold = HOLD_WINDOWS;
    } else if (most >= BUSY * limit) {
      limit += Math.max(meanWork, UP * limit);
    }
    first.nextWindow();
    shareOfTime.nextWindow();
    answers = 0;
    keptWaiting = 0;
    pushedBack = false;
    most = 0;
  }

  /// What was sampled in this window, and the 5th percentile of the medians of the last 600.
  private static final class Samples {
    private static final int WINDOWS = 600;
    private static final int MOST = 256;
    private static final double LOW = 0.05;

    private final double[] window = new double[MOST];
    private final ArrayDeque<Double> medians = new ArrayDeque<>();
    private int size;
    private double base = Double.POSITIVE_INFINITY;

    void add(double sample) {
      if (size < MOST) {
        window[size++] = sample;
      }
    }

    double median() {
      if (size == 0) {
        return 0;
      }
      Arrays.sort(window, 0, size);
      return window[size / 2];
    }

    double base() {
      return base;
    }

    void nextWindow() {
      if (size >= ENOUGH) {
        medians.add(median());
        if (medians.size() > WINDOWS) {
          medians.remove();
        }
        double[] sorted = medians.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        base = sorted[(int) (LOW * sorted.length)];
      }
      size = 0;
    }
  }
}
