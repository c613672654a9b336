package dev.forebay.gpu;

import static dev.forebay.gpu.GpuGuard.State.CLOSED;
import static dev.forebay.gpu.GpuGuard.State.OPEN;
import static dev.forebay.gpu.GpuGuard.State.SUSPECT;
import static dev.forebay.gpu.GpuGuard.State.THROTTLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import dev.forebay.gpu.GpuGuard.Signs;
import dev.forebay.gpu.GpuGuard.State;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GpuGuardTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long QUARTER = SECOND / 4;
  private static final long MIB = 1L << 20;

  private final GpuGuard guard = new GpuGuard();
  private long now = -2 * SECOND;

  @Test
  void itThrottlesClosesAndComesBackStepByStep() {
    assertThat(after(0.79, 1)).isEqualTo(OPEN);
    assertThat(after(0.80, 1)).isEqualTo(THROTTLE);
    assertThat(after(0.94, 8)).isEqualTo(THROTTLE);
    assertThat(after(0.95, 1)).isEqualTo(CLOSED);
    assertThat(after(0.86, 8)).isEqualTo(CLOSED);
    assertThat(after(0.84, 1)).isEqualTo(CLOSED);
    assertThat(after(0.84, 1)).isEqualTo(THROTTLE);
    assertThat(after(0.76, 8)).isEqualTo(THROTTLE);
    assertThat(after(0.74, 1)).isEqualTo(THROTTLE);
    assertThat(after(0.74, 1)).isEqualTo(OPEN);
  }

  @Test
  void eachStateAdmitsItsClasses() {
    assertThat(guard.admits(3)).isTrue();
    after(0.85, 1);
    assertThat(guard.admits(1)).isTrue();
    assertThat(guard.admits(2)).isFalse();
    after(0.99, 5);
    assertThat(guard.admits(0)).isFalse();
  }

  @Test
  void aCrowdedEngineClosesWhateverItsCacheSays() {
    assertThat(guard.turn(new Signs(OptionalDouble.of(0.1), true, Optional.empty()), now))
        .isEqualTo(CLOSED);
    // of an engine that never shows its cache, calls that wait no more are enough
    assertThat(unknown(5)).isEqualTo(THROTTLE);
    assertThat(unknown(5)).isEqualTo(OPEN);
  }

  @Test
  void aPressureThatFlapsAroundTheMarkDoesNotMakeTheGuardFlap() {
    int moves = 0;
    State before = guard.state();
    for (int i = 0; i < 400; i++) {
      State state = after(i % 2 == 0 ? 0.94 : 0.96, 1);
      moves += state == before ? 0 : 1;
      before = state;
    }
    assertThat(moves).isEqualTo(2);
    assertThat(before).isEqualTo(CLOSED);
  }

  @Test
  void itMovesAtMostOnceASecondWhateverComes() {
    Seeds.forAll(
        300,
        random -> {
          GpuGuard any = new GpuGuard();
          long at = random.nextLong();
          long movedAt = at - SECOND;
          for (int i = 0; i < 400; i++) {
            at += random.nextLong(QUARTER) + 1;
            State before = any.state();
            State state =
                any.turn(
                    new Signs(
                        random.nextInt(9) == 0
                            ? OptionalDouble.empty()
                            : OptionalDouble.of(random.nextDouble(1.2)),
                        random.nextInt(5) == 0,
                        random.nextInt(5) == 0 ? Optional.of(Tripwire.XID) : Optional.empty()),
                    at);
            if (state != before) {
              assertThat(at - movedAt).isGreaterThanOrEqualTo(SECOND);
              movedAt = at;
            }
          }
        });
  }

  @Test
  void anIdleEngineThatTookNineTenthsOfTheMemoryIsGivenWork() {
    // 24 GiB of which an idle vLLM shows 92 % as used
    DeviceReading idle = memory(24_576 * MIB, 22_610 * MIB, 1_966 * MIB);
    assertThat(Tripwire.of(idle, true)).isEmpty();
    assertThat(Tripwire.of(idle, false)).isEmpty();
    guard.turn(new Signs(OptionalDouble.of(0), false, Tripwire.of(idle, true)), now);
    assertThat(guard.admits(3)).isTrue();
  }

  @Test
  void littleMemoryIsSuspectOnlyWhereTheEngineStillTakesSome() {
    DeviceReading full = memory(10_240 * MIB, 9_900 * MIB, 340 * MIB);
    assertThat(Tripwire.of(full, true)).isEmpty();
    assertThat(Tripwire.of(full, false)).contains(Tripwire.LITTLE_MEMORY);
  }

  @Test
  void aBrokenDeviceGetsNoWorkUntilItIsWellAgain() {
    Optional<Tripwire> broken = Tripwire.of(errors(79, 0), true);
    assertThat(broken).contains(Tripwire.XID);
    assertThat(Tripwire.of(errors(31, 0), true)).isEmpty();
    assertThat(Tripwire.of(errors(0, 1), true)).contains(Tripwire.REMAP_FAILURE);

    guard.turn(new Signs(OptionalDouble.of(0.1), false, broken), now);
    assertThat(guard.state()).isEqualTo(SUSPECT);
    assertThat(guard.admits(0)).isFalse();
    assertThat(after(0.1, 5)).isEqualTo(CLOSED);
    assertThat(after(0.1, 5)).isEqualTo(THROTTLE);
    assertThat(after(0.1, 5)).isEqualTo(OPEN);
  }

  private State after(double pressure, int samples) {
    for (int i = 0; i < samples; i++) {
      now += QUARTER;
      guard.turn(new Signs(OptionalDouble.of(pressure), false, Optional.empty()), now);
    }
    return guard.state();
  }

  private State unknown(int samples) {
    for (int i = 0; i < samples; i++) {
      now += QUARTER;
      guard.turn(new Signs(OptionalDouble.empty(), false, Optional.empty()), now);
    }
    return guard.state();
  }

  private static DeviceReading memory(long total, long used, long free) {
    return new DeviceReading(
        OptionalLong.of(total),
        OptionalLong.of(used),
        OptionalLong.of(free),
        OptionalDouble.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        false);
  }

  private static DeviceReading errors(long xid, long remaps) {
    OptionalLong unknown = OptionalLong.empty();
    return new DeviceReading(
        unknown,
        unknown,
        unknown,
        OptionalDouble.empty(),
        OptionalLong.of(xid),
        OptionalLong.of(remaps),
        false);
  }
}
