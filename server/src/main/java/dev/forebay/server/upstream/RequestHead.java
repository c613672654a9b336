package dev.forebay.server.upstream;

import dev.forebay.server.http.HttpCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What a replica is asked, as bytes: the caller's request line and end-to-end headers, with the
/// pool's own credentials in place of the caller's, unless the pool forwards these.
final class RequestHead {
  private static final String OWN = "x-forebay-";
  private static final AsciiString[] DROPPED =
      names(
          // of this connection, not of the message
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "expect",
          "content-length",
          // of the gateway
          "host",
          "accept-encoding",
          "x-request-id",
          "x-deadline-ms",
          // the caller's secrets
          "proxy-authorization",
          "cookie");
  private static final AsciiString[] KEYS = names("authorization", "x-api-key", "api-key");

  private RequestHead() {}

  private static AsciiString[] names(String... names) {
    return Stream.of(names).map(AsciiString::cached).toArray(AsciiString[]::new);
  }

  /// @param bodyLength bytes of the body; -1 if nobody knows
  static ByteBuf of(HttpCall call, Target target, long bodyLength, ByteBufAllocator alloc) {
    ByteBuf out = alloc.directBuffer(512);
    ascii(out, call.method().name());
    out.writeByte(' ');
    ascii(out, target.basePath());
    ascii(out, call.path());
    ascii(out, " HTTP/1.1\r\nhost: ");
    ascii(out, target.authority());
    ascii(out, "\r\naccept-encoding: identity\r\nx-request-id: ");
    ascii(out, call.id());
    ascii(out, "\r\n");
    ascii(out, target.credentials());
    copyHeaders(call, target.forwardsKey(), out);
    frame(call, bodyLength, out);
    ascii(out, "\r\n");
    return out;
  }

  private static void copyHeaders(HttpCall call, boolean keys, ByteBuf out) {
    List<String> listed = call.headers().getAll("connection");
    Iterator<Map.Entry<CharSequence, CharSequence>> headers = call.headers().iteratorCharSequence();
    while (headers.hasNext()) {
      Map.Entry<CharSequence, CharSequence> header = headers.next();
      if (!dropped(header.getKey(), listed) && (keys || !isAny(KEYS, header.getKey()))) {
        ascii(out, header.getKey());
        out.writeByte(':').writeByte(' ');
        // Netty decodes header bytes as ISO 8859-1 and `writeAscii` writes that, all eight bits of
        // it: they leave as they came.
        ascii(out, header.getValue());
        out.writeByte('\r').writeByte('\n');
      }
    }
  }

  private static boolean dropped(CharSequence name, List<String> listed) {
    return isAny(DROPPED, name)
        || AsciiString.regionMatches(name, true, 0, OWN, 0, OWN.length())
        || lists(listed, name);
  }

  private static boolean isAny(AsciiString[] names, CharSequence name) {
    for (AsciiString each : names) {
      if (each.contentEqualsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean lists(List<String> connection, CharSequence name) {
    for (String line : connection) {
      for (String token : line.split(",", -1)) {
        if (AsciiString.contentEqualsIgnoreCase(token.strip(), name)) {
          return true;
        }
      }
    }
    return false;
  }

  private static void frame(HttpCall call, long length, ByteBuf out) {
    if (length < 0) {
      ascii(out, "transfer-encoding: chunked\r\n");
    } else if (length > 0 || call.method().equals(HttpMethod.POST)) {
      ascii(out, "content-length: ");
      ascii(out, Long.toString(length));
      ascii(out, "\r\n");
    }
  }

  private static void ascii(ByteBuf out, CharSequence text) {
    ByteBufUtil.writeAscii(out, text);
  }
}
