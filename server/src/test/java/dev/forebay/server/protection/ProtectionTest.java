package dev.forebay.server.protection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ProtectionTest {
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Protection.class);

  private double heap;
  private double calls;
  private long underWay = 5;
  private Instant now = Instant.EPOCH;
  private final List<Instant> reliefs = new ArrayList<>();
  private final Protection protection =
      new Protection(
          () -> underWay,
          List.of(
              new Resource("heapPercent", () -> heap, () -> reliefs.add(now)),
              new Resource("calls", () -> calls)));

  @BeforeEach
  void listen() {
    logger.setAdditive(false);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    logger.setAdditive(true);
  }

  private void turn() {
    protection.turn(now);
    now = now.plusMillis(100);
  }

  @Test
  void callsAreTakenWhileThereIsEnough() {
    heap = 0.99;
    calls = 0.99;
    turn();
    assertThat(protection.refuses()).isFalse();
    assertThat(protection.scarce()).isEmpty();
  }

  @Test
  void callsAreRefusedFromTheMarkUntilThereIsSomeToSpare() {
    calls = 1;
    turn();
    assertThat(protection.refuses()).isTrue();
    calls = 0.9;
    turn();
    assertThat(protection.refuses()).as("just below the mark").isTrue();
    calls = 0.89;
    turn();
    assertThat(protection.refuses()).isFalse();
  }

  @Test
  void oneThingThatIsScarceIsEnough() {
    heap = 1.2;
    calls = 1;
    turn();
    assertThat(protection.scarce()).containsExactly("heapPercent", "calls");
    heap = 0;
    turn();
    assertThat(protection.scarce()).containsExactly("calls");
    assertThat(protection.refuses()).isTrue();
  }

  @Test
  void aCallThatIsAloneComesInSoThatNoReadingShutsTheGatewayForGood() {
    heap = 2;
    turn();
    underWay = 0;
    assertThat(protection.refuses()).isFalse();
    underWay = 1;
    assertThat(protection.refuses()).isTrue();
  }

  @Test
  void whatMayHelpIsDoneEveryTenSecondsWhileItIsScarce() {
    turn();
    assertThat(reliefs).isEmpty();
    heap = 1;
    for (int i = 0; i < 250; i++) {
      turn();
    }
    assertThat(reliefs).hasSize(3);
    assertThat(Duration.between(reliefs.get(1), reliefs.get(2))).isEqualTo(Duration.ofSeconds(10));
    heap = 0;
    turn();
    assertThat(reliefs).hasSize(3);
  }

  @Test
  void aChangeIsLoggedOnceWithItsNumbers() {
    calls = 1.03;
    for (int i = 0; i < 50; i++) {
      turn();
    }
    calls = 0.5;
    turn();
    turn();
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "new calls are refused: calls has come to 103 % of what protection.calls allows",
            "calls has gone back to 50 % of what protection.calls allows, after 5 s");
  }

  @Test
  void aNumberWithoutLimitIsNeverScarce() {
    assertThat(Resource.share(Long.MAX_VALUE, 0)).isZero();
    assertThat(Resource.share(3, 4)).isEqualTo(0.75);
  }

  @Test
  void theOldGenerationOfThisJvmCanBeRead() {
    System.gc();
    assertThat(OldGeneration.ofThisJvm().takenAfterCollection()).isBetween(0.0, 1.0);
  }

  @Test
  void aPercentageIsOne() {
    assertThatThrownBy(() -> new ProtectionConfig(101, 90, 1, 1, Duration.ofSeconds(1)))
        .hasMessage("heapPercent must be 1..100, was 101");
  }
}
