package dev.forebay.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import dev.forebay.limit.Limit.Concurrency;
import dev.forebay.limit.Limit.Requests;
import dev.forebay.pipeline.Network;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CrowdTableTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final Keys KEYS = new Keys(0x5eed);

  @Test
  void remembersEachOfACrowdAsIfItWereAlone() {
    Seeds.forAll(
        30,
        random -> {
          var crowd =
              new RateMeter(
                  Level.ADDRESS,
                  "",
                  Requests.of("10/s", 5),
                  new CrowdTable(2_000, RateMeter.PAID_UNTIL));
          Map<Long, RateMeter> alone = new HashMap<>();
          long now = random.nextLong();
          for (int i = 0; i < 20_000; i++) {
            now += random.nextLong(MS);
            long at = now;
            long key = KEYS.of(new Network(random.nextInt(500)));
            RateMeter own =
                alone.computeIfAbsent(
                    key,
                    _ -> new RateMeter(Level.ADDRESS, "", Requests.of("10/s", 5), new OneCell(at)));
            long wait = crowd.wait(key, 1, now);
            assertThat(wait).isEqualTo(own.wait(key, 1, now));
            if (wait == 0) {
              crowd.take(key, 1, now);
              own.take(key, 1, now);
            }
          }
          assertThat(crowd.cells().forgotten()).isZero();
        });
  }

  @Test
  void aMillionAddressesAMinuteFitInto256MebibytesAndHardlyAnyIsForgotten() {
    var table = new CrowdTable(1_000_000, RateMeter.PAID_UNTIL);
    assertThat(table.bytes()).isLessThan(64L << 20);
    var meter = new RateMeter(Level.ADDRESS, "", Requests.of("60/min", 59), table);
    // Each takes all of its burst, so that it owes something for a minute.
    for (int i = 0; i < 1_000_000; i++) {
      long key = KEYS.of(Network.of(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i}));
      meter.take(key, 60, i * (MINUTE / 1_000_000));
    }
    assertThat(table.forgotten()).isLessThan(300);
  }

  @Test
  void whoOwesNothingIsForgottenBeforeWhoOwes() {
    var table = new CrowdTable(8, RateMeter.PAID_UNTIL);
    var meter = new RateMeter(Level.ADDRESS, "", Requests.of("1/s", 9), table);
    // All of these lie in the first of two sets, whichever of their bits chooses.
    for (int key = 1; key <= 8; key++) {
      meter.take(key, key == 3 ? 1 : 10, 0);
    }
    long later = TimeUnit.SECONDS.toNanos(2);
    meter.take(9, 1, later);
    assertThat(table.find(3)).isEqualTo(Cells.NONE);
    assertThat(table.forgotten()).isZero();
    meter.take(10, 1, later);
    assertThat(table.forgotten()).as("now the one who owed least had to go").isEqualTo(1);
    assertThat(table.find(9)).isEqualTo(Cells.NONE);
  }

  @Test
  void whoHoldsAPermitIsNeverForgottenAndWhoFindsNoRoomPassesUncounted() {
    var table = new CrowdTable(8, ConcurrencyMeter.HELD);
    var meter = new ConcurrencyMeter(Level.USER, "", Concurrency.of(1), table);
    for (int key = 1; key <= 8; key++) {
      assertThat(meter.take(key, 1, 0)).isTrue();
    }
    assertThat(meter.wait(9, 1, 0)).isZero();
    assertThat(meter.take(9, 1, 0)).isFalse();
    assertThat(meter.wait(3, 1, 0)).isPositive();
    meter.giveBack(3, MS);
    assertThat(meter.take(9, 1, 0)).isTrue();
    assertThat(meter.held()).isEqualTo(8);
  }
}
