package dev.forebay.lab.engine;

import java.util.SplittableRandom;

/// How long answers are when the request does not say: lognormal, as chat traffic is.
///
/// @param median tokens
/// @param sigma of the logarithm; 0 makes every answer `median` long
/// @param max tokens at most
public record OutputLengths(int median, double sigma, int max) {

  /// Near the Azure conversation trace of 2023.
  public static final OutputLengths CHAT = new OutputLengths(129, 1.0, 4_096);

  public OutputLengths {
    if (median < 1 || max < median) {
      throw new IllegalArgumentException(
          "median must be in [1, max], was %d with max %d".formatted(median, max));
    }
    if (sigma < 0) {
      throw new IllegalArgumentException("sigma must be >= 0, was " + sigma);
    }
  }

  /// The same length for the same seed.
  int sample(long seed) {
    double z = new SplittableRandom(seed).nextGaussian();
    return (int) Math.clamp(Math.round(median * Math.exp(sigma * z)), 1, (long) max);
  }
}
