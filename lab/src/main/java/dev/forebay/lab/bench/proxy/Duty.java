package dev.forebay.lab.bench.proxy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What Forebay has to do for a call besides passing it on. Others only pass it on, whatever the
/// duty.
public enum Duty {
  /// As it is without configuration.
  NOTHING,
  /// To refuse it: its caller has had what it may have.
  SHED,
  /// To know its key, to ask limits of four levels, to count its tokens and to write it down.
  EVERYTHING;

  private static final String KEY = "forebay-bench";
  private static final int KEYS = 100;
  private static final String LIMITS =
      "{requests: [{rate: 1000000/s, burst: 1000000}],"
          + " tokens: [{rate: 1000000000/s, burst: 1000000000}],"
          + " concurrency: [{most: 100000}]}";

  /// Header lines that each call carries.
  public Map<String, String> headers() {
    return this == EVERYTHING ? Map.of("authorization", "Bearer " + KEY) : Map.of();
  }

  boolean accessLog() {
    return this == EVERYTHING;
  }

  /// Top-level keys of Forebay's configuration.
  String yaml() {
    return switch (this) {
      case NOTHING -> "";
      case SHED -> "limits: {tenants: {anonymous: {limits: {requests: [{rate: 1/d}]}}}}\n";
      case EVERYTHING ->
          """
          limits:
            global: %1$s
            models: {replayer: {limits: %1$s, input: 0.5, output: 2}}
            tenants: {acme: {limits: %1$s, keys: {key-0: %1$s}}}
          keys: [%2$s]
          """
              .formatted(LIMITS, keys());
    };
  }

  private static String keys() {
    return IntStream.range(0, KEYS)
        .mapToObj(i ->
            "{id: key-%d, tenant: acme, hash: %s}"
                .formatted(i, sha256(i == 0 ? KEY : "other-" + i)))
        .collect(Collectors.joining(", "));
  }

  private static String sha256(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
