package dev.forebay.server.http;

import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Outcome.Cause;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds out who calls, by the key that a request shows. Where no keys are configured, everybody is
/// anonymous.
///
/// A key is found by the first bytes of its hash, and the whole hash is then compared in a time
/// that tells nothing. Immutable; safe for all loops.
public final class Callers {
  private static final String BEARER = "Bearer ";
  private static final String PRIORITY = "x-forebay-priority";

  private final Map<Long, List<Known>> byHash;
  private final Predicate<String> revoked;
  private final Priorities priorities;

  private record Known(ByteBuffer hash, String id, String tenant) {}

  /// The class that a tenant's call has when it asks for one.
  @FunctionalInterface
  public interface Priorities {
    int of(String tenant, int asked);
  }

  /// Who a request is from.
  sealed interface Found {
    /// Somebody who may call.
    record Is(Caller caller) implements Found {}

    /// Nobody who may call, or nobody can tell.
    ///
    /// @param why for the caller
    record Refused(Cause cause, String why) implements Found {}
  }

  /// Knows the callers of one configuration.
  ///
  /// @param keys those that may be shown; none for an open door
  /// @param revoked whether the key of that id may no longer be shown; asked for each request
  public Callers(List<KeyConfig> keys, Predicate<String> revoked, Priorities priorities) {
    this.byHash =
        keys.stream()
            .map(key ->
                new Known(
                    ByteBuffer.wrap(HexFormat.of().parseHex(key.hash().value())),
                    key.id(),
                    key.tenant()))
            .collect(Collectors.groupingBy(key -> key.hash().getLong(0)));
    this.revoked = revoked;
    this.priorities = priorities;
  }

  Found of(HttpHeaders headers, ShownKey shownKey, Network network) {
    int asked = Caller.MOST_URGENT;
    String priority = headers.get(PRIORITY);
    if (priority != null) {
      if (priority.length() != 1 || priority.charAt(0) < '0' || priority.charAt(0) > '3') {
        return new Found.Refused(
            Cause.INVALID_REQUEST, PRIORITY + " must be 0, 1, 2 or 3, was " + priority);
      }
      asked = priority.charAt(0) - '0';
    }
    if (byHash.isEmpty()) {
      Caller anonymous = Caller.anonymous(network);
      int given = priorities.of(anonymous.tenant(), asked);
      return new Found.Is(new Caller(anonymous.tenant(), "", given, network));
    }
    String shown = shown(headers);
    if (shown == null) {
      return new Found.Refused(
          Cause.UNAUTHENTICATED,
          "no API key was shown; send it as Authorization: Bearer, x-api-key or api-key");
    }
    Known known = known(shownKey.hash(shown));
    if (known == null || revoked.test(known.id())) {
      return new Found.Refused(
          Cause.UNAUTHENTICATED, "the API key that was shown is not known here, or was revoked");
    }
    int given = priorities.of(known.tenant(), asked);
    return new Found.Is(new Caller(known.tenant(), known.id(), given, network));
  }

  private @Nullable Known known(byte[] hash) {
    for (Known known : byHash.getOrDefault(ByteBuffer.wrap(hash).getLong(), List.of())) {
      if (MessageDigest.isEqual(known.hash().array(), hash)) {
        return known;
      }
    }
    return null;
  }

  private static @Nullable String shown(HttpHeaders headers) {
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
    if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return authorization.substring(BEARER.length()).strip();
    }
    String key = headers.get("x-api-key");
    return key != null ? key : headers.get("api-key");
  }
}
