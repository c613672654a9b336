package dev.forebay.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/// Netty's validating request decoder, stricter in one thing: a request with both Content-Length
/// and Transfer-Encoding is refused rather than mended, because whoever stands in front may have
/// read it the other way.
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

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }
}
