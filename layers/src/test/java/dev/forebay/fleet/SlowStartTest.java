package dev.forebay.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.Seeds;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Capacity.RetryAt;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SlowStartTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long ANSWER = TimeUnit.MILLISECONDS.toNanos(30);

  private final Account account = new Account("deepseek");
  private final Replica replica = new Replica("r", URI.create("http://r:1"), null);

  @Test
  void whereNoPauseWasNothingIsSpread() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(account.reserve(replica, 1, 1, 0)).isInstanceOf(Reserved.class);
    }
  }

  @Test
  void afterAPauseAsManyStartInASecondAsWereCarriedAndThenTwiceAsMany() {
    List<Reservation> carried = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      carried.add(((Reserved) account.reserve(replica, 1, 1, 0)).reservation());
    }
    account.pause(Duration.ofSeconds(5), 0);
    carried.forEach(Reservation::close);

    long[] starts = new long[11];
    long now = 5 * SECOND;
    while (now < 16 * SECOND) {
      switch (account.reserve(replica, 1, 1, now)) {
        case Reserved _ -> starts[(int) (now / SECOND) - 5]++;
        case RetryAt(var _, long at) -> now = at;
      }
      if (now >= 15 * SECOND) {
        break;
      }
    }
    assertThat(starts[0]).isEqualTo(8);
    for (int second = 1; second < 10; second++) {
      assertThat((double) starts[second] / (8 << second)).isBetween(0.95, 1.05);
    }
  }

  @Test
  void whereAnAccountIsServedAgainThatWasRefusedNothingIsSpread() {
    account.refused("spent", 0);
    assertThat(account.served(1)).isTrue();
    for (int i = 0; i < 1_000; i++) {
      assertThat(account.reserve(replica, 1, 1, 2)).isInstanceOf(Reserved.class);
    }
  }

  @Test
  void ofThoseThatAreRefusedTogetherTheLastTellsWhatIsCarried() {
    List<Reservation> together = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      together.add(((Reserved) account.reserve(replica, 1, 1, 0)).reservation());
    }
    for (int i = 0; i < 96; i++) {
      together.get(i).close();
      account.pause(Duration.ofSeconds(5), i);
    }
    int started = 0;
    for (long now = 5 * SECOND + 96; now < 6 * SECOND; now += SECOND / 1_000) {
      started += account.reserve(replica, 1, 1, now) instanceof Reserved ? 1 : 0;
    }
    assertThat(started).isEqualTo(4);
  }

  @Test
  void aProviderIsAskedInVainFarLessOftenAndEverybodyIsServedAllTheSame() {
    long[] refused = new long[2];
    Seeds.forAll(
        100,
        random -> {
          long seed = random.nextLong();
          refused[0] += new Provider(Seeds.random(seed), true).refusals();
          refused[1] += new Provider(Seeds.random(seed), false).refusals();
        });
    assertThat(refused[0]).isLessThan(refused[1] / 3);
  }

  /// A provider that carries so many calls at once and asks for a pause beyond, and callers who all
  /// wait for it.
  private static final class Provider {
    private final RandomGenerator random;
    private final boolean slowly;
    private final int carries;
    private final Account account = new Account("any");
    private final Replica replica = new Replica("r", URI.create("http://r:1"), null);
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private int waiting;
    private int running;
    private long refused;
    private long wakesAt;

    private record Event(long at, Runnable what) implements Comparable<Event> {
      @Override
      public int compareTo(Event other) {
        return Long.compare(at, other.at);
      }
    }

    Provider(RandomGenerator random, boolean slowly) {
      this.random = random;
      this.slowly = slowly;
      this.carries = 1 + random.nextInt(20);
      this.waiting = 50 + random.nextInt(300);
    }

    /// Until everybody was served.
    long refusals() {
      wake(0);
      long now = 0;
      while (!events.isEmpty()) {
        Event next = events.poll();
        now = next.at;
        next.what.run();
      }
      assertThat(waiting).isZero();
      assertThat(running).isZero();
      assertThat(now).isLessThan(3_600 * SECOND);
      return refused;
    }

    private void wake(long at) {
      if (wakesAt == 0 || at < wakesAt) {
        wakesAt = at;
        events.add(new Event(at, () -> startAll(at)));
      }
    }

    private void startAll(long now) {
      wakesAt = now < wakesAt ? wakesAt : 0;
      while (waiting > 0) {
        switch (ask(now)) {
          case Reserved(var reservation) -> start(reservation, now);
          case RetryAt(var _, long at) -> {
            wake(at);
            return;
          }
        }
      }
    }

    private Capacity.Answer ask(long now) {
      if (slowly) {
        return account.reserve(replica, 1, 1, now);
      }
      return account.open(now) ? new Reserved(replica.reserve(1)) : account.closed(now);
    }

    private void start(Reservation reservation, long now) {
      waiting--;
      boolean refuses = running >= carries;
      running += refuses ? 0 : 1;
      long ends = now + (refuses ? ANSWER : ANSWER + random.nextLong(3 * SECOND));
      events.add(
          new Event(
              ends,
              () -> {
                reservation.close();
                if (refuses) {
                  refused++;
                  waiting++;
                  account.pause(Duration.ofSeconds(1 + random.nextInt(5)), ends);
                } else {
                  running--;
                }
                startAll(ends);
              }));
    }
  }
}
