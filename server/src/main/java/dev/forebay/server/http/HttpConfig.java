package dev.forebay.server.http;

import dev.forebay.server.setting.Address;
import dev.forebay.server.setting.Check;
import dev.forebay.server.setting.Spans;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// How callers are listened to.
///
/// @param listen where callers connect
/// @param loops event loops, 0..256; 0 is one per core
/// @param maxHeldBody the largest request body that is read, in bytes; a larger one gets 413
/// @param heldBodies what all bodies held at once may take, in bytes, of at most half the memory
///   outside the heap; beyond it calls are shed
/// @param maxHead request line and headers, in bytes
/// @param headTimeout from the connection, or the first byte of a later request, to the end of its
///   headers
/// @param bodyTimeout silence while a body is read
/// @param keepAlive how long a connection without a request stays open
/// @param slowReader how long a caller may take nothing of its answer before it is cut off
/// @param queueProgress time between comments that tell the caller of a stream that waits, and who
///   asks for them, where its call stands; >= 100 ms, or zero for never
/// @param drain how long running calls may go on once the gateway is told to stop
/// @param warmUp how long a start warms itself up with made-up calls before it is ready; zero for
///   not at all
/// @param overloadStatus what a shed call is answered when it is not the caller's own limit: 503,
///   429 or 529
/// @param allowedOrigins web pages that browsers may let call the gateway (CORS); `*` is all, none
///   if empty
/// @param tls what callers must speak; none if its certificate is empty
/// @param trustedProxies addresses and networks that are believed when they say for whom they call
public record HttpConfig(
    Address listen,
    int loops,
    long maxHeldBody,
    long heldBodies,
    int maxHead,
    Duration headTimeout,
    Duration bodyTimeout,
    Duration keepAlive,
    Duration slowReader,
    Duration queueProgress,
    Duration drain,
    Duration warmUp,
    int overloadStatus,
    List<String> allowedOrigins,
    ListenerTlsConfig tls,
    List<String> trustedProxies) {
  private static final Pattern ORIGIN = Pattern.compile("\\*|[a-z][a-z0-9+.-]*://[^\\s/?#@,*]+");

  private static final Duration LEAST_PROGRESS = Duration.ofMillis(100);

  public HttpConfig {
    Check.between("loops", loops, 0, 256);
    Check.between("maxHeldBody", maxHeldBody, 1 << 10, 1 << 30);
    if (heldBodies < maxHeldBody) {
      throw new IllegalArgumentException(
          "heldBodies must be >= maxHeldBody (" + maxHeldBody + "), was " + heldBodies);
    }
    Check.between("maxHead", maxHead, 1 << 10, 1 << 20);
    Check.positive("headTimeout", headTimeout);
    Check.positive("bodyTimeout", bodyTimeout);
    Check.positive("keepAlive", keepAlive);
    Check.positive("slowReader", slowReader);
    Check.notNegative("queueProgress", queueProgress);
    if (queueProgress.isPositive() && queueProgress.compareTo(LEAST_PROGRESS) < 0) {
      throw new IllegalArgumentException(
          "queueProgress must be 0s or >= 100ms, was " + Spans.print(queueProgress));
    }
    Check.notNegative("drain", drain);
    Check.notNegative("warmUp", warmUp);
    if (overloadStatus != 503 && overloadStatus != 429 && overloadStatus != 529) {
      throw new IllegalArgumentException(
          "overloadStatus must be 503, 429 or 529, was " + overloadStatus);
    }
    for (String origin : allowedOrigins) {
      if (!ORIGIN.matcher(origin).matches()) {
        throw new IllegalArgumentException(
            "allowedOrigins must be like https://chat.example.org or *, was " + origin);
      }
    }
    allowedOrigins = List.copyOf(allowedOrigins);
    trustedProxies = List.copyOf(trustedProxies);
    new TrustedProxies(trustedProxies);
  }

  /// The same, with callers connecting elsewhere.
  public HttpConfig listeningOn(Address address) {
    return new HttpConfig(
        address,
        loops,
        maxHeldBody,
        heldBodies,
        maxHead,
        headTimeout,
        bodyTimeout,
        keepAlive,
        slowReader,
        queueProgress,
        drain,
        warmUp,
        overloadStatus,
        allowedOrigins,
        tls,
        trustedProxies);
  }
}
