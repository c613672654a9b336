package dev.forebay.server.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.ThreadLocalRandom;

/// Names calls: as the caller did in `x-request-id`, if that is fit to be logged, or by chance.
final class CallIds {
  private static final int LONGEST = 128;

  private CallIds() {}

  static String of(HttpHeaders headers) {
    String given = headers.get("x-request-id");
    return given != null && fit(given) ? given : next();
  }

  private static String next() {
    // 63 random bits: two among a billion calls share an id once in some ten runs of that length.
    return "fb-" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
  }

  private static boolean fit(String id) {
    if (id.isEmpty() || id.length() > LONGEST) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (c <= ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }
}
