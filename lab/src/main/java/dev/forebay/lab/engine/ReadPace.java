package dev.forebay.lab.engine;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/// How much one connection reads at a time; unlike Netty's own it can change while the connection
/// is open. Lives on its channel's event loop.
final class ReadPace extends DefaultMaxMessagesRecvByteBufAllocator {

  private static final int USUAL_BYTES = 16 << 10;
  private static final int USUAL_READS = 16;

  private int bytes = USUAL_BYTES;

  void slow(int bytesAtATime) {
    bytes = bytesAtATime;
    maxMessagesPerRead(1);
  }

  void usual() {
    bytes = USUAL_BYTES;
    maxMessagesPerRead(USUAL_READS);
  }

  @Override
  @SuppressWarnings("deprecation") // the interface still asks for the deprecated type
  public RecvByteBufAllocator.Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return bytes;
      }
    };
  }
}
