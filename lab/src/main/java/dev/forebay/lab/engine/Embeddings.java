package dev.forebay.lab.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Locale;
import java.util.StringJoiner;

/// Vectors in which like texts lie close: counts of character trigrams, folded by hash and scaled
/// to length one.
final class Embeddings {

  static final int DIMENSIONS = 256;

  private Embeddings() {}

  static float[] of(String text, int dimensions) {
    var vector = new float[dimensions];
    String padded = "  " + text.toLowerCase(Locale.ROOT).strip() + " ";
    for (int i = 0; i + 3 <= padded.length(); i++) {
      long hash = PseudoText.hash(padded.substring(i, i + 3));
      vector[Math.floorMod(hash, dimensions)] += hash < 0 ? -1 : 1;
    }
    double square = 0;
    for (float value : vector) {
      square += value * value;
    }
    if (square == 0) {
      vector[0] = 1;
      return vector;
    }
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (vector[i] / Math.sqrt(square));
    }
    return vector;
  }

  static String numbers(float[] vector) {
    var json = new StringJoiner(",", "[", "]");
    for (float value : vector) {
      json.add(Float.toString(value));
    }
    return json.toString();
  }

  static String base64(float[] vector) {
    var bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return '"' + Base64.getEncoder().encodeToString(bytes.array()) + '"';
  }
}
