package dev.forebay.lab.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// Finds the ends of requests by their content length and nothing else, and replays an answer to
/// each. A client that streams waits for the end of the stream before it asks again.
final class ReplayHandler extends ByteToMessageDecoder {

  private static final ByteBuf HEAD_END = ascii("\r\n\r\n");
  private static final ByteBuf STREAM = ascii("\"stream\":true");
  private static final ByteBuf STREAM_SPACED = ascii("\"stream\": true");
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

  private final ReplayerConfig config;
  private final Recording recording;
  private final StreamWheel wheel;
  private final LongAdder requests;
  private int flowing;

  ReplayHandler(ReplayerConfig config, Recording recording, StreamWheel wheel, LongAdder requests) {
    this.config = config;
    this.recording = recording;
    this.wheel = wheel;
    this.requests = requests;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int headLength = ByteBufUtil.indexOf(HEAD_END, in.slice());
    if (headLength < 0) {
      return;
    }
    int bodyStart = in.readerIndex() + headLength + 4;
    int bodyLength = contentLength(in, in.readerIndex(), bodyStart);
    if (in.writerIndex() - bodyStart < bodyLength) {
      return;
    }
    var body = in.slice(bodyStart, bodyLength);
    boolean stream =
        ByteBufUtil.indexOf(STREAM, body) >= 0 || ByteBufUtil.indexOf(STREAM_SPACED, body) >= 0;
    in.readerIndex(bodyStart + bodyLength);
    requests.increment();
    if (stream) {
      stream(context);
    } else {
      var _ = context.write(recording.whole());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    context.flush();
    super.channelReadComplete(context);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    flow(context.channel());
    super.channelWritabilityChanged(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close(); // a reset by the client is its way to hang up
  }

  private void stream(ChannelHandlerContext context) {
    var _ = context.writeAndFlush(recording.head());
    if (config.chunks() == 0) {
      var _ = context.write(recording.end());
    } else if (config.interval().isZero()) {
      flowing = config.chunks();
      flow(context.channel());
    } else {
      wheel.add(new Timed(context.channel()));
    }
  }

  /// Sends as long as the socket takes it.
  private void flow(Channel channel) {
    if (flowing == 0) {
      return;
    }
    while (flowing > 0 && channel.isWritable()) {
      if (flowing >= Recording.SLAB) {
        var _ = channel.write(recording.slab());
        flowing -= Recording.SLAB;
      } else {
        var _ = channel.write(recording.chunk());
        flowing--;
      }
      if (flowing == 0) {
        var _ = channel.write(recording.end());
      }
    }
    channel.flush();
  }

  /// Reads the digits after the field's name; 0 if there is no such field.
  private static int contentLength(ByteBuf in, int from, int to) {
    for (int i = in.indexOf(from, to, (byte) '\n');
        i >= 0;
        i = in.indexOf(i + 1, to, (byte) '\n')) {
      if (to - i > LENGTH.length && named(in, i + 1)) {
        int length = 0;
        for (int j = i + 1 + LENGTH.length; in.getByte(j) != '\r'; j++) {
          int digit = in.getByte(j) - '0';
          length = digit >= 0 && digit <= 9 ? length * 10 + digit : length;
        }
        return length;
      }
    }
    return 0;
  }

  private static boolean named(ByteBuf in, int at) {
    for (int i = 0; i < LENGTH.length; i++) {
      byte c = in.getByte(at + i);
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != LENGTH[i]) {
        return false;
      }
    }
    return true;
  }

  private static ByteBuf ascii(String text) {
    return Unpooled.unreleasableBuffer(
        Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII).asReadOnly());
  }

  /// A stream with a chunk a round.
  private final class Timed implements StreamWheel.Stream {

    private final Channel channel;
    private int left = config.chunks();

    Timed(Channel channel) {
      this.channel = channel;
    }

    @Override
    public boolean turn() {
      if (!channel.isActive()) {
        return false;
      }
      left--;
      var _ = channel.write(recording.chunk());
      if (left == 0) {
        var _ = channel.write(recording.end());
      }
      channel.flush();
      return left > 0;
    }
  }
}
