package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import dev.forebay.gpu.KvLedger.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class KvLedgerTest {
  private static final int BLOCK = 16;

  /// A call as the law sees it.
  private static final class Model {
    final long prompt;
    final int choices;
    long expected;
    long generated;
    final Sequence sequence;

    Model(long prompt, long expected, int choices) {
      this.prompt = prompt;
      this.expected = expected;
      this.choices = choices;
      this.sequence = new Sequence(prompt, expected, choices, true);
    }

    long held() {
      return Math.ceilDiv(prompt + choices * generated, BLOCK) * BLOCK;
    }

    long remain() {
      return Math.max(1, expected - generated);
    }
  }

  @Test
  void thePeakIsWhatStepByStepGrowthComesTo() {
    Seeds.forAll(
        3_000,
        random -> {
          var ledger = new KvLedger();
          ledger.capacity(1_000_000, BLOCK, OptionalLong.of(1_000));
          List<Model> models = new ArrayList<>();
          for (int i = random.nextInt(13); i > 0; i--) {
            models.add(started(ledger, random));
          }
          for (Model model : models) {
            if (random.nextBoolean()) {
              model.generated = random.nextInt(300);
              ledger.grew(model.sequence, model.generated);
            }
            if (random.nextInt(4) == 0) {
              model.expected = random.nextInt(500);
              ledger.expect(model.sequence, model.expected);
            }
          }
          assertThat(ledger.peak()).isEqualTo(steps(models));
        });
  }

  private static Model started(KvLedger ledger, RandomGenerator random) {
    var model = new Model(1 + random.nextInt(900), random.nextInt(400), 1 + random.nextInt(3));
    assertThat(ledger.tryReserve(model.sequence, Long.MAX_VALUE)).isTrue();
    return model;
  }

  /// All grow by one token a choice in each step, and leave when they have come to what was
  /// expected.
  private static long steps(List<Model> models) {
    long peak = 0;
    for (long step = 0; step <= 1_000; step++) {
      long sum = 0;
      for (Model model : models) {
        if (model.remain() >= step) {
          sum += model.held() + model.choices * step;
        }
      }
      peak = Math.max(peak, sum);
    }
    return peak;
  }

  @Test
  void whatIsPromisedNeverExceedsWhatMayBe() {
    Seeds.forAll(
        500,
        random -> {
          var ledger = new KvLedger();
          long usable = 1_000L + random.nextInt(20_000);
          ledger.capacity(usable, BLOCK, OptionalLong.of(8));
          List<Model> models = new ArrayList<>();
          for (int i = 0; i < 200; i++) {
            if (random.nextBoolean()) {
              var model = new Model(1 + random.nextInt(900), random.nextInt(400), 1);
              boolean alone = models.isEmpty();
              if (ledger.tryReserve(model.sequence, usable)) {
                models.add(model);
                assertThat(models).hasSizeLessThanOrEqualTo(8 + 2);
                if (!alone && models.size() > 1) {
                  assertThat(ledger.peak()).isLessThanOrEqualTo(usable);
                }
              }
            } else if (!models.isEmpty()) {
              Model gone = models.remove(random.nextInt(models.size()));
              ledger.release(gone.sequence);
              ledger.release(gone.sequence);
            }
          }
          models.forEach(model -> ledger.release(model.sequence));
          assertThat(ledger.peak()).isZero();
          assertThat(ledger.held()).isZero();
          assertThat(ledger.sequences()).isZero();
          assertThat(ledger.waitingForPrefill()).isZero();
        });
  }

  @Test
  void aReplicaThatIsEmptyTakesWhatNoEstimateLetsFit() {
    var ledger = new KvLedger();
    ledger.capacity(1_000, BLOCK, OptionalLong.of(8));

    assertThat(ledger.tryReserve(new Sequence(5_000, 700, 1, true), 950)).isTrue();
    assertThat(ledger.tryReserve(new Sequence(10, 10, 1, true), 950)).isFalse();
  }

  @Test
  void whatHasGrownAfterItWasReleasedChangesNothing() {
    var ledger = new KvLedger();
    var sequence = new Sequence(100, 50, 1, true);
    ledger.tryReserve(sequence, Long.MAX_VALUE);
    ledger.release(sequence);

    ledger.grew(sequence, 10);
    ledger.expect(sequence, 90);

    assertThat(ledger.peak()).isZero();
    assertThat(ledger.waitingForPrefill()).isZero();
  }

  @Test
  void howManyAnEngineComputesAtOnceIsSeenWhereItDoesNotSayIt() {
    var ledger = new KvLedger();
    ledger.capacity(1_000_000, BLOCK, OptionalLong.empty());
    ledger.shown(2, 9);
    assertThat(fill(ledger, 300)).as("they may be about to start").isEqualTo(300);
    ledger.shown(4, 7);
    assertThat(fill(ledger, 300)).as("two did").isEqualTo(300);
    ledger.shown(4, 9);
    assertThat(fill(ledger, 300)).as("none did; two may wait").isEqualTo(6);
    ledger.shown(3, 0);
    assertThat(fill(ledger, 300)).as("it may still be no more").isEqualTo(6);
    ledger.shown(100, 1);
    assertThat(fill(ledger, 300)).as("it is more").isEqualTo(300);
    ledger.shown(100, 1);
    assertThat(fill(ledger, 300)).as("three of a hundred may wait").isEqualTo(103);
    ledger.capacity(1_000_000, BLOCK, OptionalLong.of(200));
    assertThat(fill(ledger, 300)).as("now it says so").isEqualTo(206);
  }

  @Test
  void untilThatIsKnownTwiceAsManyAsWereSeenAreLikelyComputed() {
    var ledger = new KvLedger();
    ledger.capacity(1_000_000, BLOCK, OptionalLong.empty());
    assertThat(likely(ledger)).as("it shows nothing").isEqualTo(300);
    ledger.shown(0, 0);
    assertThat(likely(ledger)).as("none was seen").isEqualTo(4);
    ledger.shown(100, 0);
    ledger.shown(30, 0);
    assertThat(likely(ledger)).isEqualTo(200);
  }

  private static int likely(KvLedger ledger) {
    List<Sequence> sent = new ArrayList<>();
    while (sent.size() < 300 && ledger.likelyComputed()) {
      sent.add(new Sequence(10, 10, 1, true));
      ledger.reserve(sent.getLast());
    }
    sent.forEach(ledger::release);
    return sent.size();
  }

  /// How many of so many that come find room.
  private static int fill(KvLedger ledger, int come) {
    List<Sequence> sent = new ArrayList<>();
    for (int i = 0; i < come; i++) {
      var next = new Sequence(10, 10, 1, true);
      if (ledger.tryReserve(next, 1_000_000)) {
        sent.add(next);
      }
    }
    sent.forEach(ledger::release);
    return sent.size();
  }
}
