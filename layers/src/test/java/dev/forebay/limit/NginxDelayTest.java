package dev.forebay.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.fleet.Rate;
import dev.forebay.limit.Limit.Requests;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NginxDelayTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  @Test
  void whatIsInExcessOfTheDelayPassesOnAsLateAsWithNginx() {
    for (long delay : new long[] {0, 1, 100, 499, 500, Requests.NODELAY}) {
      var limit = new Requests(Rate.parse("200/s"), 500, delay, false);
      var meter = new RateMeter(Level.GLOBAL, "", limit, new OneCell(0));
      var nginx = new NginxExcess(200, 500);
      for (int i = 0; i < 501; i++) {
        assertThat(meter.wait(0, 1, 0)).isZero();
        assertThat(nginx.passes(0)).isTrue();
        meter.take(0, 1, 0);
        long expected = delay == Requests.NODELAY ? 0 : nginx.delayMillis(delay);
        assertThat(meter.delay(0, 0)).as("delay %s, request %s", delay, i).isEqualTo(expected * MS);
      }
      assertThat(meter.wait(0, 1, 0)).isPositive();
    }
  }
}
