package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.load.StreamHold;
import java.util.concurrent.TimeUnit;

/// Streams that are all open before anything is measured. For one thread.
final class HeldStreams implements AutoCloseable {
  private static final int OPENED_A_SECOND = 1_000;
  private static final int PATIENCE_SECONDS = 60;

  private final StreamHold hold;
  private final int streams;
  private long missing;

  private HeldStreams(StreamHold hold, int streams) {
    this.hold = hold;
    this.streams = streams;
  }

  /// Returns when each has begun or failed, or patience has ended.
  static HeldStreams open(Order order, int streams) {
    var hold =
        new StreamHold(
            order.address(Wire.HTTP1), order.request(Wire.HTTP1, true), streams, OPENED_A_SECOND);
    var _ = hold.start().completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    return new HeldStreams(hold, streams);
  }

  /// Events since the last reading; a stream that no longer stands, or never did, has failed once.
  Window.Count count() {
    var read = hold.read().join();
    long before = missing;
    missing = Math.max(before, streams - read.open());
    return new Window.Count(read.events(), missing - before);
  }

  /// Streams that stand now.
  long standing() {
    return streams - missing;
  }

  @Override
  public void close() {
    hold.close();
  }
}
