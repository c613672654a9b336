package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Progress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// All that a scanner tells of an answer, and the progress it noted.
record Heard(
    boolean content,
    boolean started,
    boolean finished,
    boolean done,
    boolean failed,
    boolean starved,
    boolean broken,
    boolean blank,
    boolean betweenEvents,
    @Nullable String errorMessage,
    int deltas,
    int keepAlives,
    long promptTokens,
    long completionTokens) {

  static Heard stream(String text) {
    return of(Operation.CHAT, true, text.getBytes(UTF_8));
  }

  static Heard plain(String text) {
    return of(Operation.CHAT, false, text.getBytes(UTF_8));
  }

  /// What is heard of these bytes in pieces cut before the given indices, which ascend; the pieces
  /// lie by turns on and off the heap.
  static Heard of(Operation operation, boolean stream, byte[] bytes, int... cuts) {
    AnswerScanner scanner = new AnswerScanner(operation, stream);
    Progress progress = new Progress();
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i == cuts.length ? bytes.length : cuts[i];
      ByteBuf piece =
          i % 2 == 0 ? Unpooled.buffer(to - from + 5) : Unpooled.directBuffer(to - from + 5);
      try {
        piece.writeBytes(new byte[] {'}', '\n'}).writeBytes(bytes, from, to - from).writeByte('{');
        scanner.scan(piece, 2, 2 + to - from, progress, i);
      } finally {
        piece.release();
      }
      from = to;
    }
    return new Heard(
        scanner.content(),
        scanner.started(),
        scanner.finished(),
        scanner.done(),
        scanner.failed(),
        scanner.starved(),
        scanner.broken(),
        scanner.blank(),
        scanner.betweenEvents(),
        scanner.errorMessage(),
        progress.deltas(),
        progress.keepAlives(),
        progress.promptTokens(),
        progress.completionTokens());
  }

  static int[] cuts(RandomGenerator random, int length) {
    int pieces = random.nextInt(4) == 0 ? length : random.nextInt(6);
    return random.ints(pieces, 0, length + 1).sorted().toArray();
  }
}
