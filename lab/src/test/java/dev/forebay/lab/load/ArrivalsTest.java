package dev.forebay.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private static final Mix MIX = Mix.of(100, 50, 0.5).cancelling(0.3);

  @Test
  void theSameSeedDrawsTheSameCallsAndAnotherSeedOthers() {
    var first = poisson(200, 10, 7);

    assertThat(poisson(200, 10, 7)).isEqualTo(first);
    assertThat(poisson(200, 10, 8)).isNotEqualTo(first);
  }

  @Test
  void arrivalTimesDoNotDependOnTheMix() {
    var patient =
        Arrivals.draw(new Gap.Exponential(), new Pace.Flat(100), seconds(10), Mix.of(9, 9, 0), 3);
    var hasty = Arrivals.draw(new Gap.Exponential(), new Pace.Flat(100), seconds(10), MIX, 3);

    assertThat(hasty.stream().map(Arrival::atNanos).toList())
        .isEqualTo(patient.stream().map(Arrival::atNanos).toList());
  }

  @Test
  void moreCancellingKeepsTheCallsThatWereCancelledBefore() {
    var few = draw(MIX.cancelling(0.1));
    var many = draw(MIX.cancelling(0.4));

    for (int i = 0; i < few.size(); i++) {
      if (!(few.get(i).patience() instanceof Patience.Stays)) {
        assertThat(many.get(i)).isEqualTo(few.get(i));
      }
    }
  }

  @Test
  void gapsHaveMeanOneAndTheirOwnSpread() {
    for (double cv : new double[] {0.2, 0.7, 1, 2, 4}) {
      Seeds.forAll(
          5,
          random -> {
            int n = 400_000;
            var gap = new Gap.Gamma(cv);
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
              double x = gap.next(random);
              sum += x;
              squares += x * x;
            }
            double mean = sum / n;
            double deviation = Math.sqrt(squares / n - mean * mean);
            assertThat(mean).isCloseTo(1, within(5 * cv / Math.sqrt(n)));
            assertThat(deviation / mean).isCloseTo(cv, within(0.03 * cv));
          });
    }
  }

  @Test
  void aConstantPaceIsAMetronome() {
    var arrivals = Arrivals.draw(new Gap.Even(), new Pace.Flat(4), seconds(1), MIX, 1);

    assertThat(arrivals.stream().map(Arrival::atNanos))
        .containsExactly(250_000_000L, 500_000_000L, 750_000_000L);
  }

  @Test
  void stepsChangeTheRateAndEnd() {
    var pace =
        new Pace.Steps(
            List.of(
                new Pace.Step(100, seconds(2)),
                new Pace.Step(0, seconds(1)),
                new Pace.Step(1000, seconds(1))));
    var arrivals = Arrivals.draw(new Gap.Even(), pace, seconds(60), MIX, 1);

    assertThat(between(arrivals, 0, 2)).isCloseTo(200, within(1L));
    assertThat(between(arrivals, 2, 3)).isLessThanOrEqualTo(1);
    assertThat(between(arrivals, 3, 4)).isCloseTo(1000, within(1L));
    assertThat(between(arrivals, 4, 99)).isLessThanOrEqualTo(1);
  }

  @Test
  void aRampOffersTheAreaUnderItsLine() {
    Seeds.forAll(
        50,
        random -> {
          double from = random.nextDouble(0, 200);
          double to = random.nextDouble(1, 200);
          var pace = new Pace.Ramp(from, to, seconds(10));
          double second = random.nextDouble(0.1, 15);
          double t = Math.min(second, 10);
          double count = from * t + (to - from) / 20 * t * t + to * (second - t);

          assertThat(pace.secondOf(count)).isCloseTo(second, within(1e-6));
        });
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> new Gap.Gamma(0)).hasMessageContaining("cv must be > 0");
    assertThatThrownBy(() -> new Pace.Flat(-3)).hasMessageContaining("was -3");
    assertThatThrownBy(() -> MIX.cancelling(1.5)).hasMessageContaining("cancelShare");
    assertThatThrownBy(() -> poisson(1_000_000, 60, 1)).hasMessageContaining("at most 5000000");
  }

  @Test
  void aCompressedReplayKeepsOrderAndLengths() {
    var trace =
        List.of(
            new TraceRow(0, 10, 1, List.of(1, 2)),
            new TraceRow(5_000_000_000L, 20, 2, List.of()),
            new TraceRow(90_000_000_000L, 30, 3, List.of()));
    var arrivals = Arrivals.replay(trace, 10, seconds(5), Mix.of(1, 1, 1), 1);

    assertThat(arrivals).hasSize(2);
    assertThat(arrivals.getLast().atNanos()).isEqualTo(500_000_000L);
    assertThat(arrivals.getLast().promptTokens()).isEqualTo(20);
    assertThat(arrivals.getFirst().blocks()).containsExactly(1, 2);
  }

  private static long between(List<Arrival> arrivals, double from, double to) {
    return arrivals.stream()
        .filter(a -> a.atNanos() >= from * 1e9 && a.atNanos() < to * 1e9)
        .count();
  }

  private static List<Arrival> draw(Mix mix) {
    return Arrivals.draw(new Gap.Exponential(), new Pace.Flat(100), seconds(10), mix, 5);
  }

  private static List<Arrival> poisson(double rate, int seconds, long seed) {
    return Arrivals.draw(new Gap.Exponential(), new Pace.Flat(rate), seconds(seconds), MIX, seed);
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }
}
