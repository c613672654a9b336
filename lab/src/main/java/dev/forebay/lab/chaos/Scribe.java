package dev.forebay.lab.chaos;

import dev.forebay.lab.engine.EngineObserver;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Writes down every text that engines gave, per request and per try of it. Safe for all threads.
final class Scribe implements EngineObserver {
  private final Map<String, List<ByteArrayOutputStream>> texts = new ConcurrentHashMap<>();
  private final Map<String, Long> aborts = new ConcurrentHashMap<>();

  @Override
  public void accepted(String requestId) {
    texts
        .computeIfAbsent(requestId, _ -> new CopyOnWriteArrayList<>())
        .add(new ByteArrayOutputStream());
  }

  @Override
  public void delta(String requestId, int choice, String text) {
    texts
        .getOrDefault(requestId, List.of())
        .getLast()
        .writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void aborted(String requestId, long nanoTime) {
    aborts.putIfAbsent(requestId, nanoTime);
  }

  /// When the engine learnt that nobody waits any more; null if it did not.
  @org.jspecify.annotations.Nullable
  Long abortedAt(String requestId) {
    return aborts.get(requestId);
  }

  /// Whether the text is, from its start, what one try of the request gave.
  ///
  /// @param bytes how much text the caller got
  /// @param sha256 its hash
  /// @param whole whether the caller got all of it
  boolean gave(String requestId, long bytes, String sha256, boolean whole) {
    return texts.getOrDefault(requestId, List.of()).stream()
        .anyMatch(written -> {
          byte[] text = written.toByteArray();
          return (whole ? text.length == bytes : text.length >= bytes)
              && sha256(text, (int) bytes).equals(sha256);
        });
  }

  private static String sha256(byte[] text, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(text, 0, length);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
