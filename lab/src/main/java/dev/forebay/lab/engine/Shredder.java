package dev.forebay.lab.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Cuts a stream of bytes where no event ends and joins events that came apart, so that a reader
/// which trusts the pieces it gets is found out. Not thread safe.
final class Shredder {

  private static final int MOST_CUTS = 4;

  private final SplittableRandom random;
  private ByteBuf held = Unpooled.EMPTY_BUFFER;

  Shredder(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /// Takes the bytes over and returns the pieces to send now, each in a write of its own; the rest
  /// is held until more comes or [#rest].
  List<ByteBuf> pass(ByteBuf bytes) {
    ByteBuf all = Unpooled.wrappedBuffer(held, bytes);
    held = all;
    var pieces = new ArrayList<ByteBuf>();
    if (random.nextInt(3) == 0) {
      return pieces;
    }
    int cuts = random.nextInt(MOST_CUTS + 1);
    for (int i = 0; i < cuts && all.readableBytes() > 1; i++) {
      pieces.add(all.readRetainedSlice(random.nextInt(1, all.readableBytes())));
    }
    if (random.nextBoolean()) {
      pieces.add(all);
      held = Unpooled.EMPTY_BUFFER;
    }
    return pieces;
  }

  ByteBuf rest() {
    ByteBuf rest = held;
    held = Unpooled.EMPTY_BUFFER;
    return rest;
  }
}
