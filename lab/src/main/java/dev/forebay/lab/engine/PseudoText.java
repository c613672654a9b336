package dev.forebay.lab.engine;

import java.util.Arrays;

/// Endless text made from a seed: the token at a place depends on the seed and the place alone, so
/// no answer is ever stored. Has Chinese, emoji, quotes, backslashes and line breaks, as real
/// answers do.
final class PseudoText {

  private static final Token[] TOKENS =
      Arrays.stream(
              new String[] {
                " the",
                " of",
                " and",
                " a",
                " to",
                " in",
                " is",
                " it",
                " water",
                " river",
                " gate",
                " flows",
                " over",
                " stone",
                " before",
                " turbine",
                ",",
                ".",
                " slowly",
                " when",
                " rain",
                " falls",
                " we",
                " wait",
                " for",
                " more",
                " light",
                " 42",
                " 前池",
                "水",
                "流",
                "过",
                "闸门",
                "，",
                "。",
                "服务器",
                "繁忙",
                "请稍后",
                " 🌊",
                "🚰",
                " 👩‍💻",
                " é",
                " naïve",
                " ß",
                " \"quoted\"",
                " C:\\path",
                "\n",
                "\n\n",
                "\t",
                " <b>",
                " &",
                " {}",
                " `code`",
                " data:",
                "\r\n",
                " [DONE]",
                " ـم",
                " \u2028",
                " 𝔘",
                " \u0001",
                " end",
                " again",
                " still",
                " once"
              })
          .map(Token::of)
          .toArray(Token[]::new);

  private PseudoText() {}

  static Token at(long seed, int place) {
    return TOKENS[Math.floorMod(mix(seed + place), TOKENS.length)];
  }

  /// Finalizer of SplitMix64.
  static long mix(long z) {
    long x = z * 0x9E3779B97F4A7C15L;
    x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }

  /// FNV-1a over the text's chars, so that a seed can be made of a prompt.
  static long hash(CharSequence text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return mix(hash);
  }
}
