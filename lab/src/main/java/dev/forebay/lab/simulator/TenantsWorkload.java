package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.Wishes.Wish;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// Tenants of very different rates and lengths, each Poisson by itself.
public record TenantsWorkload(String name, EngineSpec engine, List<Tenant> tenants)
    implements Workload {

  /// One tenant.
  ///
  /// @param rate its share, in any unit
  public record Tenant(String name, double rate, Quantiles promptTokens, Quantiles outputTokens) {}

  /// Lengths by their quantiles.
  ///
  /// @param shares rising, in (0, 1)
  /// @param values the length that this share does not exceed
  public record Quantiles(List<Double> shares, List<Double> values) {
    public Quantiles {
      shares = List.copyOf(shares);
      values = List.copyOf(values);
      if (shares.isEmpty() || shares.size() != values.size()) {
        throw new IllegalArgumentException(
            "as many shares as values, were " + shares.size() + " and " + values.size());
      }
    }

    /// In a line between two quantiles; beyond the outermost, those.
    int at(double share) {
      if (share <= shares.getFirst()) {
        return tokens(values.getFirst());
      }
      for (int i = 1; i < shares.size(); i++) {
        if (share <= shares.get(i)) {
          double part = (share - shares.get(i - 1)) / (shares.get(i) - shares.get(i - 1));
          return tokens(values.get(i - 1) + part * (values.get(i) - values.get(i - 1)));
        }
      }
      return tokens(values.getLast());
    }

    private static int tokens(double value) {
      return (int) Math.max(1, Math.round(value));
    }
  }

  public TenantsWorkload {
    tenants = List.copyOf(tenants);
    if (!(tenants.stream().mapToDouble(Tenant::rate).sum() > 0)) {
      throw new IllegalArgumentException(name + " has no tenant that asks for anything");
    }
  }

  @Override
  public List<Intent> intents(Pace pace, Duration length, long seed) {
    return Wishes.intents(Crowd::new, pace, length, seed);
  }

  private final class Crowd implements Wishes.Source {
    private final double total = tenants.stream().mapToDouble(Tenant::rate).sum();
    private final RandomGenerator times;
    private final RandomGenerator contents;

    Crowd(RandomGenerator times, RandomGenerator contents) {
      this.times = times;
      this.contents = contents;
    }

    @Override
    public double gap() {
      return times.nextExponential();
    }

    @Override
    public Wish wish() {
      Tenant tenant = draw(contents.nextDouble() * total);
      return new Wish(
          tenant.name,
          tenant.promptTokens.at(contents.nextDouble()),
          tenant.outputTokens.at(contents.nextDouble()),
          List.of());
    }

    private Tenant draw(double at) {
      double left = at;
      for (Tenant tenant : tenants) {
        left -= tenant.rate;
        if (left < 0) {
          return tenant;
        }
      }
      return tenants.getLast();
    }
  }
}
