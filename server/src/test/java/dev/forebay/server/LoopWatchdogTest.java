package dev.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.forebay.pipeline.Loop;
import dev.forebay.server.http.EventLoops;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoopWatchdogTest {
  private final AtomicLong nanos = new AtomicLong();
  private final EventLoops loops = new EventLoops(2);
  private final Loop loop = loops.loops().getFirst();
  private final LoopWatchdog watchdog = new LoopWatchdog(List.of(loop), nanos::get);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(LoopWatchdog.class);

  @BeforeEach
  void listen() {
    logger.setAdditive(false);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void close() {
    logger.detachAppender(log);
    logger.setAdditive(true);
    loops.close();
  }

  @Test
  void saysOncePerStallWhereTheLoopStands() throws Exception {
    turnAndSettle();
    var release = new CountDownLatch(1);
    block(release);

    turnAfter(Duration.ofMillis(100));
    turnAfter(Duration.ofMillis(150));
    assertThat(log.list).isEmpty();
    turnAfter(Duration.ofMillis(100));
    turnAfter(Duration.ofMillis(100));

    assertThat(log.list).hasSize(1);
    ILoggingEvent warning = log.list.getFirst();
    assertThat(warning.getLevel()).isEqualTo(Level.WARN);
    assertThat(warning.getFormattedMessage()).contains("forebay-loop", "250 ms");
    assertThat(warning.getThrowableProxy().getStackTraceElementProxyArray())
        .anyMatch(frame -> frame.getSTEAsString().contains("LoopWatchdogTest"));
    assertThat(watchdog.maxLagNanos()).isEqualTo(Duration.ofMillis(350).toNanos());

    release.countDown();
    settle();
    turnAndSettle();
    assertThat(log.list).hasSize(2);
    assertThat(log.list.getLast().getFormattedMessage()).contains("goes on after 350 ms");

    turnAndSettle();
    assertThat(watchdog.maxLagNanos()).isZero();
    assertThat(watchdog.stalls()).isEqualTo(1);
  }

  @Test
  void theWorstLagIsRememberedForWhoReadsNowAndThenAndThenForgotten() throws Exception {
    turnAndSettle();
    var release = new CountDownLatch(1);
    block(release);
    turnAfter(Duration.ofMillis(100));
    turnAfter(Duration.ofMillis(150));
    release.countDown();
    settle();
    turnAndSettle();
    turnAndSettle();
    assertThat(watchdog.maxLagNanos()).isZero();
    assertThat(watchdog.worstLagNanos()).isEqualTo(Duration.ofMillis(150).toNanos());

    turnAfter(Duration.ofSeconds(30));
    settle();
    assertThat(watchdog.worstLagNanos()).isEqualTo(Duration.ofMillis(150).toNanos());
    turnAfter(Duration.ofSeconds(30));
    settle();
    assertThat(watchdog.worstLagNanos()).isZero();
  }

  @Test
  void aLoopThatNeverRanIsReportedWithoutItsStack() throws Exception {
    var release = new CountDownLatch(1);
    block(release);
    turnAfter(Duration.ZERO);
    turnAfter(Duration.ofMillis(201));
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .contains("never ran");
    release.countDown();
  }

  private void turnAfter(Duration pause) {
    nanos.addAndGet(pause.toNanos());
    watchdog.turn(Instant.EPOCH);
  }

  private void turnAndSettle() throws InterruptedException {
    turnAfter(Duration.ZERO);
    settle();
  }

  /// Waits until all loops have run what they were given.
  private void settle() throws InterruptedException {
    List<? extends Loop> all = loops.loops();
    var ran = new CountDownLatch(all.size());
    all.forEach(each -> each.execute(ran::countDown));
    assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private void block(CountDownLatch release) throws InterruptedException {
    var blocked = new CountDownLatch(1);
    loop.execute(() -> {
      blocked.countDown();
      awaitOn(release);
    });
    assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitOn(CountDownLatch release) {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
