package dev.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.forebay.limit.Level;
import dev.forebay.limit.PermitAudit;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PermitWatchTest {
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(PermitWatch.class);
  private final PermitWatch watch = new PermitWatch();

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

  private void audit(long held, long owned) {
    var line = new PermitAudit.Line(Level.TENANT, "acme", held, owned, Duration.ZERO, "");
    watch.accept(new PermitAudit(List.of(line), owned, owned));
  }

  @Test
  void aDifferenceOfOneTurnIsShownAndNotComplainedOf() {
    audit(3, 2);
    assertThat(watch.difference()).isEqualTo(1);
    audit(2, 2);
    assertThat(watch.difference()).isZero();
    audit(1, 2);
    audit(2, 2);
    assertThat(log.list).isEmpty();
  }

  @Test
  void aDifferenceThatLastsIsComplainedOfOnceUntilItChanges() {
    audit(5, 2);
    audit(4, 2);
    audit(4, 2);
    audit(4, 2);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .startsWith("2 permits are held by no call")
        .contains("acme");
    audit(6, 2);
    audit(6, 2);
    assertThat(log.list).hasSize(2);
  }
}
