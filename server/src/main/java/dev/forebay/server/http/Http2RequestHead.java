package dev.forebay.server.http;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the head of a request from the header fields of HTTP/2.
///
/// The codec has checked pseudo-headers and fields of one hop; what is checked here is that nothing
/// in them could become another line, or be read as anything else, once they are written to a
/// replica over HTTP/1.
final class Http2RequestHead {
  private Http2RequestHead() {}

  /// The head as HTTP/1 would have it; with a failed decoder result where there is no such head.
  static HttpRequest of(Http2Headers fields) {
    try {
      return read(fields);
    } catch (IllegalArgumentException malformed) {
      HttpRequest broken = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
      broken.setDecoderResult(DecoderResult.failure(malformed));
      return broken;
    }
  }

  private static HttpRequest read(Http2Headers fields) {
    HttpHeaders headers =
        DefaultHttpHeadersFactory.headersFactory().withValidation(true).newHeaders();
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      if (name.isEmpty() || name.charAt(0) != ':') {
        headers.add(name, field.getValue());
      }
    }
    CharSequence authority = fields.authority();
    String host = headers.get(HttpHeaderNames.HOST);
    if (authority == null && host == null) {
      throw new IllegalArgumentException("neither :authority nor host");
    }
    if (authority != null) {
      if (headers.getAll(HttpHeaderNames.HOST).size() > 1
          || (host != null && !host.contentEquals(authority))) {
        throw new IllegalArgumentException("host is not what :authority says");
      }
      headers.set(HttpHeaderNames.HOST, authority);
    }
    HttpRequest request =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.valueOf(present(":method", fields.method())),
            present(":path", fields.path()),
            headers);
    String broken = HeadRules.broken(request);
    if (broken != null) {
      throw new IllegalArgumentException(broken);
    }
    return request;
  }

  private static String present(String name, @Nullable CharSequence value) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value.toString();
  }
}
