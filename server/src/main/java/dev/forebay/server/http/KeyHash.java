package dev.forebay.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What a key hashes to. A plain SHA-256 is enough where keys are 32 random bytes: there is nothing
/// to guess. Stateless.
final class KeyHash {
  private KeyHash() {}

  static byte[] of(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
