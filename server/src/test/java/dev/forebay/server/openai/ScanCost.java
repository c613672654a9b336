package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Progress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/// Prints what it costs to hear one event of a stream and to read one request, each as it lies off
/// the heap after it was received; the median of some rounds after warming up, in processor time.
/// Run its `main`.
final class ScanCost {
  private static final int EVENTS = 1000;
  private static final int ROUNDS = 300;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private ScanCost() {}

  public static void main(String[] args) throws InvalidBody {
    String event = Answers.delta("{\"content\":\" hello\"}");
    events("chat, an event a buffer", Operation.CHAT, event, 1);
    events("chat, 16 events a buffer", Operation.CHAT, event, 16);
    String thinking =
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
            + "\"delta\":{\"type\":\"text_delta\",\"text\":\" hello\"}}\n\n";
    events("messages, an event a buffer", Operation.MESSAGES, thinking, 1);
    request(2_000);
    request(100_000);
  }

  private static void events(String name, Operation operation, String event, int together) {
    ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer();
    in.writeBytes(event.repeat(together).getBytes(UTF_8));
    AnswerScanner scanner = new AnswerScanner(operation, true);
    Progress progress = new Progress();
    long[] nanos = new long[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long start = cpuNanos();
      for (int i = 0; i < EVENTS; i++) {
        scanner.scan(in, 0, in.writerIndex(), progress, i);
      }
      nanos[round] = (cpuNanos() - start) / ((long) EVENTS * together);
    }
    in.release();
    int bytes = event.getBytes(UTF_8).length;
    if (progress.deltas() != ROUNDS * EVENTS * together) {
      throw new AssertionError("heard " + progress.deltas() + " deltas");
    }
    System.out.printf("%s: %d bytes, %d ns/event%n", name, bytes, median(nanos));
  }

  private static void request(int bytes) throws InvalidBody {
    String body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + "Lorem ipsum dolor ".repeat(bytes / 18)
            + "\"}],\"stream\":true}";
    ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer();
    in.writeBytes(body.getBytes(UTF_8));
    int times = 2_000_000 / bytes;
    long[] nanos = new long[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long start = cpuNanos();
      for (int i = 0; i < times; i++) {
        RequestScanner.scan(Operation.CHAT, in);
      }
      nanos[round] = (cpuNanos() - start) / times;
    }
    System.out.printf("request: %d bytes, %d ns%n", in.readableBytes(), median(nanos));
    in.release();
  }

  // the thread's own time, so that a busy machine does not count
  private static long cpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  private static long median(long[] nanos) {
    long[] warm = Arrays.copyOfRange(nanos, nanos.length / 2, nanos.length);
    Arrays.sort(warm);
    return warm[warm.length / 2];
  }
}
