package dev.forebay.server.upstream;

import dev.forebay.server.http.Body;
import dev.forebay.server.http.HttpCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What a replica is asked, as bytes: the caller's request line and end-to-end headers, with the
/// pool's own credentials in place of the caller's.
final class RequestHead {
  private static final int LONGEST_DROPPED = "proxy-authorization".length();
  private static final Set<String> DROPPED =
      Set.of(
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
          "authorization",
          "proxy-authorization",
          "x-api-key",
          "api-key",
          "cookie");

  private RequestHead() {}

  static ByteBuf of(HttpCall call, Target target, ByteBufAllocator alloc) {
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
    copyHeaders(call, out);
    frame(call, out);
    ascii(out, "\r\n");
    return out;
  }

  private static void copyHeaders(HttpCall call, ByteBuf out) {
    String listed = call.headers().get("connection");
    Iterator<Map.Entry<CharSequence, CharSequence>> headers = call.headers().iteratorCharSequence();
    while (headers.hasNext()) {
      Map.Entry<CharSequence, CharSequence> header = headers.next();
      if (!dropped(header.getKey(), listed)) {
        ascii(out, header.getKey());
        out.writeByte(':').writeByte(' ');
        // Netty decodes header bytes as ISO 8859-1; written so, they leave as they came.
        latin1(out, header.getValue());
        out.writeByte('\r').writeByte('\n');
      }
    }
  }

  private static boolean dropped(
      CharSequence name, @org.jspecify.annotations.Nullable String listed) {
    if (name.length() > LONGEST_DROPPED && listed == null) {
      return name.length() > 10 && startsWithForebay(name);
    }
    String lower = name.toString().toLowerCase(Locale.ROOT);
    return DROPPED.contains(lower)
        || lower.startsWith("x-forebay-")
        || (listed != null && lists(listed, lower));
  }

  private static boolean startsWithForebay(CharSequence name) {
    return name.subSequence(0, 10).toString().equalsIgnoreCase("x-forebay-");
  }

  private static boolean lists(String connection, String name) {
    for (String token : connection.split(",", -1)) {
      if (token.strip().equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  private static void frame(HttpCall call, ByteBuf out) {
    long length =
        switch (call.body()) {
          case Body.Whole(ByteBuf bytes) -> bytes.readableBytes();
          case Body.Passing passing -> passing.length();
        };
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

  private static void latin1(ByteBuf out, CharSequence text) {
    out.ensureWritable(text.length());
    for (int i = 0; i < text.length(); i++) {
      out.writeByte(text.charAt(i));
    }
  }
}
