package dev.forebay.lab.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Renders and reads a little before the clock starts: the first calls of a run would otherwise be
/// late by the time it takes to load the classes that send them.
final class WarmUp implements ResponseReader.Sink {
  private static final byte[] ANSWER =
      """
      HTTP/1.1 200 OK\r
      content-type: text/event-stream\r
      content-length: 58\r
      \r
      data: {"choices":[{"delta":{"content":"warm"},"index":0}]}\
      """
          .getBytes(StandardCharsets.US_ASCII);

  private final AnswerText answer = new AnswerText();
  private final SseReader events = new SseReader((data, length, _) -> answer.read(data, length));

  private WarmUp() {}

  static void run(RequestBytes requests) {
    var sink = new WarmUp();
    var reader = new ResponseReader(sink);
    var out = Unpooled.buffer(4096);
    for (int i = 0; i < 500; i++) {
      requests.write(out.clear(), Arrival.of(0, 100, 100, true, i), "warm-" + i);
      try {
        reader.read(Unpooled.wrappedBuffer(ANSWER));
      } catch (IOException e) {
        throw new IllegalStateException("cannot read its own answer", e);
      }
    }
  }

  @Override
  public void status(int code) {}

  @Override
  public void header(HeaderLine line) {
    line.is("x-forebay-replica");
  }

  @Override
  public void body(ByteBuf bytes, int start, int length) {
    events.read(bytes, start, length);
    events.read(Unpooled.wrappedBuffer(new byte[] {'\n', '\n'}), 0, 2);
  }

  @Override
  public void end() {}
}
