package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/// Netty's validating request decoder, stricter by `HeadRules`: what whoever stands in front may
/// have read another way is refused rather than mended. Nothing behind a refused head is read.
final class StrictDecoder extends HttpRequestDecoder {
  private final Runnable onBytes;

  /// @param onBytes told before bytes are decoded
  StrictDecoder(int maxHead, Runnable onBytes) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(maxHead)
            .setMaxHeaderSize(maxHead)
            .setMaxChunkSize(64 * 1024));
    this.onBytes = onBytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
    onBytes.run();
    super.channelRead(ctx, msg);
  }

  /// A body that is broken has no end, so what breaks it is not called its last part.
  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    super.decode(ctx, in, out);
    int last = out.size() - 1;
    if (last >= 0
        && out.get(last) instanceof LastHttpContent content
        && !(content instanceof HttpMessage)
        && content.decoderResult().isFailure()) {
      HttpContent broken = new DefaultHttpContent(content.content());
      broken.setDecoderResult(content.decoderResult());
      out.set(last, broken);
    }
  }

  // Between the words of the request line stands one space and nothing else; the decoder itself
  // takes any run of white space, CR among it.

  @Override
  protected String splitFirstWordInitialLine(byte[] line, int from, int length) {
    if (from > 0 && line[from - 1] <= ' ') {
      throw new IllegalArgumentException("white space before the method");
    }
    return super.splitFirstWordInitialLine(line, from, length);
  }

  @Override
  protected String splitSecondWordInitialLine(byte[] line, int from, int length) {
    behindOneSpace(line, from);
    return super.splitSecondWordInitialLine(line, from, length);
  }

  @Override
  protected String splitThirdWordInitialLine(byte[] line, int from, int length) {
    behindOneSpace(line, from);
    if (line[from] != 'H') {
      throw new IllegalArgumentException("version must begin with HTTP/");
    }
    return super.splitThirdWordInitialLine(line, from, length);
  }

  private static void behindOneSpace(byte[] line, int from) {
    if (from < 2 || line[from - 1] != ' ' || line[from - 2] <= ' ') {
      throw new IllegalArgumentException("the request line must have one space between its words");
    }
  }

  /// The decoder's one question between a head and its body. What is thrown here makes the message
  /// invalid, and the decoder deaf to all that follows.
  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    String broken = message instanceof HttpRequest request ? HeadRules.broken(request) : null;
    if (broken != null) {
      throw new IllegalArgumentException(broken);
    }
    return super.isContentAlwaysEmpty(message);
  }
}
