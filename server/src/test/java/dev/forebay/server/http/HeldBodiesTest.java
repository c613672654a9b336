package dev.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeldBodiesTest {
  private static final long MIB = 1 << 20;

  private final HeldBodies bodies = new HeldBodies(8 * MIB);

  @Test
  void keepsItsLastEighthForSmallBodies() {
    for (int i = 0; i < 7; i++) {
      assertThat(bodies.take(MIB, 0)).isTrue();
    }
    assertThat(bodies.take(MIB, 0)).isFalse();
    for (int i = 0; i < 16; i++) {
      assertThat(bodies.take(64 * 1024, 0)).isTrue();
    }
    assertThat(bodies.take(1, 0)).isFalse();
    assertThat(bodies.bytes()).isEqualTo(8 * MIB);
  }

  @Test
  void aSmallBodyThatGrowsIsSmallNoMore() {
    bodies.take(7 * MIB, 0);
    assertThat(bodies.take(64 * 1024, 0)).isTrue();
    assertThat(bodies.take(1, 64 * 1024)).isFalse();
  }

  @Test
  void oneBodyAloneMayTakeAll() {
    assertThat(bodies.take(4 * MIB, 0)).isTrue();
    assertThat(bodies.take(4 * MIB, 4 * MIB)).isTrue();
    bodies.giveBack(8 * MIB);
    assertThat(bodies.bytes()).isZero();
  }

  @Test
  void neverMoreThanHalfOfTheMemoryOutsideTheHeapIsHeld() {
    var bodies = new HeldBodies(Long.MAX_VALUE);
    assertThat(bodies.take(DirectMemory.most() / 2 + 1, 0)).isFalse();
    assertThat(bodies.take(DirectMemory.most() / 2, 0)).isTrue();
  }
}
