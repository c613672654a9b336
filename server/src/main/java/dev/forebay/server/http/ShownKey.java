package dev.forebay.server.http;

/// Hashes the keys that one connection shows. Remembers the last one, which nearly always comes
/// again, so that a connection that is kept hashes once. Belongs to its loop.
final class ShownKey {
  private String last = "";
  private byte[] hash = KeyHash.of(last);

  byte[] hash(String key) {
    if (!key.equals(last)) {
      hash = KeyHash.of(key);
      last = key;
    }
    return hash;
  }
}
