package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import dev.forebay.fleet.Replica;
import dev.forebay.gpu.GpuGuard.State;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SuspectReplicaTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final OptionalLong NONE = OptionalLong.empty();
  private static final Optional<DeviceReading> WELL = Optional.of(reading(1L << 30, 0));
  private static final Optional<DeviceReading> FELL_OFF = Optional.of(reading(1L << 30, 79));
  private static final Optional<DeviceReading> FULL = Optional.of(reading(511L << 20, 0));

  private final Device device = new Device();
  private final Rooms rooms = new Rooms();
  private final Replica replica = new Replica("gpu-0", URI.create("http://gpu-0:8000"), null);
  private long now = -3 * SECOND;

  @Test
  void oneBadLookTripsAndThreeGoodOnesInARowMakeItWell() {
    assertThat(device.looked(FELL_OFF, true)).contains(Tripwire.XID);
    assertThat(device.looked(WELL, true)).isPresent();
    assertThat(device.looked(WELL, true)).isPresent();
    assertThat(device.looked(FELL_OFF, true)).isPresent();
    assertThat(device.looked(WELL, true)).isPresent();
    assertThat(device.looked(WELL, true)).isPresent();
    assertThat(device.looked(WELL, true)).isEmpty();
  }

  @Test
  void whatCannotBeLookedAtStaysAsItWas() {
    assertThat(device.looked(Optional.empty(), true)).isEmpty();
    device.looked(FELL_OFF, true);
    for (int i = 0; i < 10; i++) {
      assertThat(device.looked(Optional.empty(), true)).contains(Tripwire.XID);
    }
  }

  @Test
  void littleMemoryTakesOutOnlyWhomItMayKill() {
    rooms.looked(replica, FULL, true, now);
    assertThat(replica.health().usable(now)).isTrue();
    rooms.looked(replica, FULL, false, now);
    assertThat(replica.health().usable(now)).isFalse();
    assertThat(rooms.wrong(replica)).contains(Tripwire.LITTLE_MEMORY);
  }

  @Test
  void anEngineThatShowsNothingComesBackByItsDeviceAlone() {
    rooms.looked(replica, FELL_OFF, true, now);
    assertThat(rooms.state(replica)).isEqualTo(State.SUSPECT);
    int looks = 0;
    while (replica.health().suspect()) {
      looks++;
      rooms.looked(replica, WELL, true, now += 5 * SECOND);
    }
    assertThat(looks).as("three until it is well, one more for the guard").isEqualTo(4);
  }

  @Test
  void anEngineThatShowsItselfComesBackStepByStep() {
    rooms.observed(replica, shown());
    rooms.looked(replica, FELL_OFF, true, now);
    rooms.observed(replica, shown());
    assertThat(replica.health().suspect()).isTrue();
    for (int i = 0; i < 3; i++) {
      rooms.looked(replica, WELL, true, now);
    }
    assertThat(replica.health().suspect()).as("until it shows itself again").isTrue();
    var states = new LinkedHashSet<State>();
    for (int i = 0; i < 40; i++) {
      rooms.observed(replica, shown());
      states.add(rooms.state(replica));
    }
    assertThat(states).containsExactly(State.SUSPECT, State.CLOSED, State.THROTTLE, State.OPEN);
  }

  @Test
  void whereNobodySaysAnyMoreOnWhichDeviceItRunsItIsTakenBack() {
    rooms.looked(replica, FELL_OFF, true, now);
    for (int i = 0; i < 3; i++) {
      rooms.noDevice(replica, now += 5 * SECOND);
    }
    assertThat(replica.health().usable(now)).isTrue();
    assertThat(rooms.wrong(replica)).isEmpty();
  }

  @Test
  void whateverItsEngineShowsNothingIsGivenToASuspectDeviceAndAWellOneIsNeverKeptOut() {
    Seeds.forAll(
        200,
        random -> {
          var any = new Rooms();
          var one = new Replica("gpu-0", URI.create("http://gpu-0:8000"), null);
          boolean shows = random.nextBoolean();
          for (int look = 0; look < 40; look++) {
            Optional<DeviceReading> seen =
                random.nextInt(4) == 0
                    ? FELL_OFF
                    : random.nextInt(5) == 0 ? Optional.empty() : WELL;
            any.looked(one, seen, true, now);
            for (int i = 0; i < 20; i++) {
              now += SECOND / 4;
              if (shows) {
                any.observed(one, shown());
              }
            }
            if (any.wrong(one).isPresent()) {
              assertThat(one.health().usable(now)).isFalse();
            }
          }
          for (int look = 0; look < 5; look++) {
            any.looked(one, WELL, true, now += 5 * SECOND);
            if (shows) {
              any.observed(one, shown());
              now += SECOND;
              any.observed(one, shown());
            }
          }
          assertThat(one.health().usable(now)).isTrue();
        });
  }

  private Telemetry shown() {
    now += SECOND / 4;
    return new Telemetry(
        now,
        now,
        OptionalDouble.of(0.2),
        OptionalLong.of(100_000),
        OptionalLong.of(1),
        OptionalLong.of(0),
        OptionalLong.of(256),
        NONE,
        NONE,
        NONE,
        NONE);
  }

  private static DeviceReading reading(long free, long xid) {
    return new DeviceReading(
        NONE,
        NONE,
        OptionalLong.of(free),
        OptionalDouble.empty(),
        OptionalLong.of(xid),
        OptionalLong.of(0),
        false);
  }
}
