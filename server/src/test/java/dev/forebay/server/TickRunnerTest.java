package dev.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.forebay.pipeline.Tick;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
class TickRunnerTest {
  private static final Instant NOW = Instant.parse("2024-03-15T14:30:22Z");

  private final TickRunner runner = new TickRunner(InstantSource.fixed(NOW));
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(TickRunner.class);

  @BeforeEach
  void listen() {
    logger.setAdditive(false);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() throws InterruptedException {
    runner.stop();
    logger.detachAppender(log);
    logger.setAdditive(true);
  }

  @Test
  void turnsAgainAndAgainWithTheTimeHandedIn() throws Exception {
    var tick = new Counting(5, List.of());
    runner.start(tick);
    tick.enough.await();
    assertThat(tick.told).isEqualTo(NOW);
  }

  @Test
  void whoIsNotNamedAnyMoreIsStoppedAndTheOthersGoOn() throws Exception {
    var stays = new Counting(1, List.of());
    var goes = new Counting(1, List.of());
    runner.run(List.of(stays, goes));
    goes.enough.await();
    var comes = new Counting(5, List.of());
    runner.run(List.of(stays, comes));
    comes.enough.await();
    assertThat(runner.turning()).containsExactlyInAnyOrder(stays, comes);
  }

  @Test
  void aTickThatHangsDoesNotHoldUpAnotherNorTheEnd() throws Exception {
    var hangs = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    runner.start(
        new Tick() {
          @Override
          public Duration every() {
            return Duration.ofMillis(1);
          }

          @Override
          public void turn(Instant now) throws InterruptedException {
            hangs.countDown();
            never.await();
          }
        });
    hangs.await();
    var other = new Counting(3, List.of());
    runner.start(other);
    other.enough.await();
    runner.stop();
    assertThat(log.list).as("being stopped is no failure").isEmpty();
  }

  @Test
  void aFailureIsLoggedOnceUntilItChangesAndItsEndIsToo() throws Exception {
    var down = new IOException("down");
    var tick = new Counting(7, List.of(down, down, down, new IOException("other")));
    runner.start(tick);
    tick.enough.await();
    assertThat(log.list.stream().map(TickRunnerTest::told))
        .containsExactly(
            "ERROR down", "ERROR other", "INFO Counting works again after 4 turns that failed");
  }

  @Test
  void anErrorInOneTurnDoesNotEndTheLoopInSilence() throws Exception {
    var tick = new Counting(4, List.of(new NoClassDefFoundError("gone"), new AssertionError("no")));
    runner.start(tick);
    tick.enough.await();
    assertThat(log.list.stream().map(TickRunnerTest::told))
        .containsExactly(
            "ERROR gone", "ERROR no", "INFO Counting works again after 2 turns that failed");
  }

  private static String told(ILoggingEvent event) {
    var thrown = event.getThrowableProxy();
    return event.getLevel()
        + " "
        + (thrown == null ? event.getFormattedMessage() : thrown.getMessage());
  }

  /// Fails its first turns as it is told to.
  private static final class Counting implements Tick {
    private final CountDownLatch enough;
    private final List<Throwable> failures;
    private volatile Instant told = Instant.MIN;
    private int turns;

    Counting(int enough, List<? extends Throwable> failures) {
      this.enough = new CountDownLatch(enough);
      this.failures = List.copyOf(failures);
    }

    @Override
    public Duration every() {
      return Duration.ofMillis(1);
    }

    @Override
    public void turn(Instant now) throws Exception {
      told = now;
      int turn = turns++;
      enough.countDown();
      if (turn < failures.size()) {
        switch (failures.get(turn)) {
          case Exception e -> throw e;
          case Error e -> throw e;
          case Throwable t -> throw new AssertionError(t);
        }
      }
    }
  }
}
