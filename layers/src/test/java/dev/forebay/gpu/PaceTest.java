package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long AIM = 40 * MILLI;

  private final Pace pace = new Pace();
  private long now = -5_000 * MILLI;
  private long inTimeSince = now;

  @Test
  void ofAnEngineOfWhichNothingWasSeenNothingIsSaid() {
    assertThat(pace.tooSlow(AIM, now)).isFalse();
    pace.grew(new Pace.Answer(), 1, inTimeSince, now);
    assertThat(pace.tooSlow(AIM, now)).isFalse();
  }

  @Test
  void wherePromptsAreReadAmongTheAnswersTheirTokensCome() {
    List<Stream> streams = streams(10);
    steps(streams, 100, 15);
    assertThat(pace.tooSlow(AIM, now)).isFalse();
    steps(streams, 10, 170);
    assertThat(pace.tooSlow(AIM, now)).as("each step reads a prompt too").isTrue();
    steps(streams, 100, 15);
    assertThat(pace.tooSlow(AIM, now)).as("no more").isFalse();
  }

  @Test
  void whatWasLongAgoHoldsNobodyBack() {
    List<Stream> streams = streams(3);
    steps(streams, 100, 15);
    steps(streams, 10, 170);
    assertThat(pace.tooSlow(AIM, now)).isTrue();
    assertThat(pace.tooSlow(AIM, now + 10_000 * MILLI)).isFalse();
  }

  @Test
  void anEngineThatCannotBeFasterIsNotHeldToIt() {
    List<Stream> streams = streams(3);
    steps(streams, 100, 60);
    steps(streams, 100, 200);
    assertThat(pace.tooSlow(AIM, now)).isFalse();
  }

  @Test
  void callersWhoReadSlowlyAreNoFaultOfTheEngine() {
    List<Stream> streams = streams(4);
    List<Stream> slow = streams(4);
    for (int second = 0; second < 20; second++) {
      steps(streams, 66, 15);
      slow.forEach(stream -> stream.token(66));
    }
    assertThat(pace.tooSlow(AIM, now)).isFalse();
  }

  /// The loop is blocked for a fifth and more of each second, and answers end before it has caught
  /// up: what it sees of them then is one token after a long time.
  @Test
  void aLoopThatIsLateIsNoFaultOfTheEngine() {
    everySecondBlocked(200, 20);
    assertThat(pace.tooSlow(AIM, now)).isFalse();
    everySecondBlocked(300, 30);
    assertThat(pace.tooSlow(AIM, now)).isFalse();
    everySecondBlocked(200, 50);
    assertThat(pace.tooSlow(AIM, now)).as("a slow engine, all the same").isTrue();
  }

  private void everySecondBlocked(long blocked, long millis) {
    for (int second = 0; second < 10; second++) {
      List<Stream> streams = streams(10);
      steps(streams, (int) ((1_000 - blocked) / millis), millis);
      now += blocked * MILLI;
      inTimeSince = now + 10 * MILLI;
      streams.forEach(stream -> stream.token(1));
      now += 10 * MILLI;
    }
  }

  private void steps(List<Stream> streams, int count, long millis) {
    for (int i = 0; i < count; i++) {
      now += millis * MILLI;
      streams.forEach(stream -> stream.token(1));
    }
  }

  private List<Stream> streams(int count) {
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      streams.add(new Stream());
    }
    streams.forEach(stream -> stream.token(1));
    return streams;
  }

  private final class Stream {
    private final Pace.Answer answer = new Pace.Answer();
    private long tokens;

    void token(int more) {
      tokens += more;
      pace.grew(answer, tokens, inTimeSince, now);
    }
  }
}
