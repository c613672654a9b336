package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;

/// The status line and end-to-end header lines of an answer, as bytes, without framing headers and
/// without the empty line behind them.
@FunctionalInterface
public interface HeadLines {
  void copyTo(ByteBuf out);
}
