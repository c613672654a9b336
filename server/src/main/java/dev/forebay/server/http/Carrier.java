package dev.forebay.server.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;

/// What one request came on and its answer goes out on: a connection of HTTP/1, or one stream of a
/// connection of HTTP/2. Belongs to its loop.
interface Carrier {

  /// The address at the other end, as told by a trusted proxy's PROXY header where there was one.
  InetAddress peer();

  /// The keys that its connection shows.
  ShownKey shownKey();

  ByteBufAllocator alloc();

  /// The caller's side of the answer to that request.
  Reply reply(HttpRequest head);

  /// Tells a caller who asked first that it may send its body.
  void sendBody();

  /// Stops or continues the body.
  void flowing(boolean open);

  /// Says that so many bytes of the body are no longer on their way, so that as many may follow.
  void taken(int bytes);

  /// The answer is written.
  void answered(Reply reply);

  /// Breaks off an answer whose end cannot be told truthfully.
  void abort();
}
