package dev.forebay.lab.load;

import java.util.random.RandomGenerator;

/// The law of the distance between two arrivals, scaled to mean 1; the [Pace] gives it its unit.
public sealed interface Gap {

  /// The next distance, at least 0, mean 1.
  double next(RandomGenerator random);

  /// The same distance every time: what a metronome offers, not what users do.
  record Even() implements Gap {
    @Override
    public double next(RandomGenerator random) {
      return 1;
    }
  }

  /// Exponential distances: a Poisson process, many users who know nothing of each other.
  record Exponential() implements Gap {
    @Override
    public double next(RandomGenerator random) {
      return random.nextExponential();
    }
  }

  /// Gamma distances: burstier than Poisson for `cv` above 1, calmer below.
  ///
  /// @param cv standard deviation over mean
  /// @see <a href="https://doi.org/10.1145/358407.358414">Marsaglia and Tsang, A simple method for
  ///   generating gamma variables, 2000</a>
  record Gamma(double cv) implements Gap {
    public Gamma {
      if (!(cv > 0 && cv <= 20)) {
        throw new IllegalArgumentException("cv must be > 0 and <= 20, was " + cv);
      }
    }

    @Override
    public double next(RandomGenerator random) {
      // shape = 1/cv², scale = cv²: mean 1, standard deviation cv
      double shape = 1 / (cv * cv);
      if (shape >= 1) {
        return standard(shape, random) * cv * cv;
      }
      // Gamma(k) = Gamma(k + 1) × U^(1/k)
      double boost = Math.pow(1 - random.nextDouble(), 1 / shape);
      return standard(shape + 1, random) * boost * cv * cv;
    }

    private static double standard(double shape, RandomGenerator random) {
      double d = shape - 1.0 / 3;
      double c = 1 / Math.sqrt(9 * d);
      while (true) {
        double x = random.nextGaussian();
        double v = 1 + c * x;
        if (v <= 0) {
          continue;
        }
        v = v * v * v;
        double u = 1 - random.nextDouble();
        if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
          return d * v;
        }
      }
    }
  }
}
