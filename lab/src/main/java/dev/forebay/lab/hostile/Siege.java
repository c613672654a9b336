package dev.forebay.lab.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.forebay.lab.hostile.RawEngine.Seen;
import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// One attack on a real gateway, while a well-behaved caller makes one call after another; and what
/// the gateway held meanwhile and afterwards.
final class Siege implements AutoCloseable {
  /// Of all bodies held at once, as configured.
  static final long HELD_BODIES = 64L << 20;

  /// What buffers off the heap may take: the bodies, 256 KiB on the way to each of the callers that
  /// read nothing, and what the allocator keeps in reserve.
  static final long DIRECT = 256L << 20;

  private final RawEngine engine = new RawEngine(this::answer);
  private final Gateway gateway;
  private final int largeBody;
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicLong pressed = new AtomicLong();

  /// What came of it.
  ///
  /// @param connections taking part
  /// @param pressed times that one of them was done or cut off, and began anew
  /// @param served good calls that were answered as they should
  /// @param failures what came of the good calls that were not
  /// @param latency of good calls, nanoseconds
  /// @param heldBytes most bytes of bodies held at once
  /// @param directBytes most bytes off the heap at once
  /// @param after what was held in the end
  record Result(
      Attack attack,
      int connections,
      long pressed,
      long served,
      List<String> failures,
      Histogram latency,
      long heldBytes,
      long directBytes,
      Gateway.Holding after) {
    boolean withstood() {
      return served > 0
          && failures.isEmpty()
          && heldBytes <= HELD_BODIES + (1 << 20)
          && directBytes <= DIRECT
          && after.calls() == 0
          && after.work() == 0
          && after.bodyBytes() == 0
          && after.connections() == 0;
    }
  }

  /// Starts gateway and engine.
  ///
  /// @param largeBody bytes of a large body
  Siege(int largeBody) throws IOException, InterruptedException {
    this.largeBody = largeBody;
    gateway =
        Gateway.start(
            new ConfigLoader()
                .parse(
                    """
                    http:
                      listen: "127.0.0.1:0"
                      drain: 1s
                      maxHeldBody: 2MiB
                      heldBodies: %dMiB
                      headTimeout: 3s
                      bodyTimeout: 1s
                      keepAlive: 2s
                      slowReader: 1s
                    admin: {listen: "127.0.0.1:0"}
                    log: {access: false, performance: false}
                    gpu: {ejectAfter: 1000}
                    pools:
                      lab:
                        models: [lab]
                        passThrough: true
                        replicas: ["http://127.0.0.1:%d"]
                    """
                        .formatted(HELD_BODIES >> 20, engine.port()),
                    "the siege",
                    Path.of("")));
  }

  private boolean answer(Seen request, OutputStream out) throws IOException {
    if (!request.body().contains("flood")) {
      return RawEngine.answerPlainly(request, out);
    }
    String event =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
            + "x".repeat(16_000)
            + "\"}}]}\n\n";
    byte[] chunk =
        (Integer.toHexString(event.length()) + "\r\n" + event + "\r\n").getBytes(ISO_8859_1);
    out.write(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            .getBytes(ISO_8859_1));
    for (int i = 0; i < 2_000 && !over(); i++) {
      out.write(chunk);
    }
    return false;
  }

  int port() {
    return gateway.port();
  }

  int largeBody() {
    return largeBody;
  }

  boolean over() {
    return end.getCount() == 0;
  }

  void await() throws InterruptedException {
    end.await();
  }

  void pressed() {
    pressed.incrementAndGet();
  }

  /// Runs the attack for so long, and waits until nothing is held any more.
  Result run(Attack attack, int most, Duration length) throws InterruptedException {
    int connections = attack.connections(most);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      threads.add(Thread.ofVirtual().start(() -> attack.run(this)));
    }
    ConcurrentHistogram latency = new ConcurrentHistogram(60_000_000_000L, 3);
    List<String> failures = new CopyOnWriteArrayList<>();
    threads.add(Thread.ofPlatform().start(() -> behave(latency, failures)));
    long held = 0;
    long direct = 0;
    long until = System.nanoTime() + length.toNanos();
    while (System.nanoTime() - until < 0) {
      held = Math.max(held, gateway.holding().bodyBytes());
      direct = Math.max(direct, direct());
      TimeUnit.MILLISECONDS.sleep(5);
    }
    end.countDown();
    for (Thread thread : threads) {
      thread.join(Duration.ofSeconds(10));
    }
    return new Result(
        attack,
        connections,
        pressed.get(),
        latency.getTotalCount(),
        failures,
        latency,
        held,
        direct,
        settled());
  }

  private void behave(ConcurrentHistogram latency, List<String> failures) {
    String call = Attack.call("hi", false).replace("\r\nHost", "\r\nConnection: close\r\nHost");
    do {
      long began = System.nanoTime();
      try {
        RawReply reply = RawReply.to(port(), call, 10_000);
        if (reply.answers().size() == 1 && reply.answers().getFirst().status() == 200) {
          latency.recordValue(Math.min(System.nanoTime() - began, 60_000_000_000L));
        } else {
          failures.add(reply.toString());
        }
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (IOException e) {
        failures.add(e.toString());
      } catch (InterruptedException e) {
        return;
      }
    } while (!over());
  }

  private Gateway.Holding settled() throws InterruptedException {
    Gateway.Holding nothing = new Gateway.Holding(0, 0, 0, 0);
    Gateway.Holding holding = gateway.holding();
    for (int i = 0; i < 1_000 && !holding.equals(nothing); i++) {
      TimeUnit.MILLISECONDS.sleep(10);
      holding = gateway.holding();
    }
    return holding;
  }

  private static long direct() {
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedDirectMemory()
        : 0;
  }

  @Override
  public void close() {
    end.countDown();
    gateway.close();
    engine.close();
  }
}
