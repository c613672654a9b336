package dev.forebay.server.openai;

import dev.forebay.pipeline.Prefix;

/// Hashes the beginning of a prompt as it lies in the body, without a tokenizer: what a
/// conversation sends again is, byte for byte, what it sent before.
final class Beginning {
  /// Some 300 tokens of English.
  static final int BLOCK_BYTES = 1_024;

  /// What comes behind costs time and tells little more.
  static final int MOST_BLOCKS = 64;

  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private Beginning() {}

  /// The whole blocks of [from, to), as far as they count.
  static Prefix of(byte[] bytes, int from, int to) {
    int blocks = Math.min(MOST_BLOCKS, (to - from) / BLOCK_BYTES);
    var prefix = new Prefix.Builder();
    for (int i = 0; i < blocks; i++) {
      prefix.block(hash(bytes, from + i * BLOCK_BYTES));
    }
    return prefix.build();
  }

  private static long hash(byte[] bytes, int from) {
    long hash = 0;
    for (int at = from; at < from + BLOCK_BYTES; at += Long.BYTES) {
      hash = Long.rotateLeft((hash ^ Swar.word(bytes, at)) * PRIME, 29);
    }
    return hash;
  }
}
