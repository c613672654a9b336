package dev.forebay.lab.chaos;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/// Counts the buffers that Netty's leak detector finds lost, at its strictest.
final class LeakCount extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final Logger detector =
      (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class.getName());
  private final List<String> leaks = new CopyOnWriteArrayList<>();
  private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();

  LeakCount() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    setContext(detector.getLoggerContext());
    start();
    detector.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getFormattedMessage().contains("LEAK")) {
      leaks.add(event.getFormattedMessage());
    }
  }

  /// Makes the collector find what was lost: leaks are told when a buffer is allocated after its
  /// forerunner was collected.
  List<String> find() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(50);
      for (int n = 0; n < 2_000; n++) {
        ByteBuf probe = PooledByteBufAllocator.DEFAULT.directBuffer(64);
        probe.release();
      }
    }
    return List.copyOf(leaks);
  }

  @Override
  public void close() {
    detector.detachAppender(this);
    stop();
    ResourceLeakDetector.setLevel(before);
  }
}
