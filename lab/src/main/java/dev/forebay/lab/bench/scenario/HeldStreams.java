package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.load.StreamHold;
import java.util.concurrent.TimeUnit;

/// Streams that are all open before anything is measured.
final class HeldStreams {
  private static final int OPENED_A_SECOND = 1_000;
  private static final int PATIENCE_SECONDS = 30;

  private HeldStreams() {}

  static StreamHold open(Order order, int streams) {
    var hold =
        new StreamHold(
            order.address(Wire.HTTP1), order.request(Wire.HTTP1, true), streams, OPENED_A_SECOND);
    var _ = hold.start().completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    return hold;
  }

  /// Events since the last reading; a stream that does not stand has failed.
  static Window.Count count(StreamHold hold, int streams) {
    var read = hold.read().join();
    return new Window.Count(read.events(), streams - read.open());
  }
}
