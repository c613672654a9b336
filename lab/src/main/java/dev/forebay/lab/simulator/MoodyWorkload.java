package dev.forebay.lab.simulator;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.TenantsWorkload.Tenant;
import dev.forebay.lab.simulator.Wishes.Wish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Tenants who are busy and nearly quiet by turns, each at its own times; together they keep the
/// pace. Whoever shares fairly must not let the quiet ones save up.
///
/// @param beginnings texts of each tenant, with one of which each of its prompts begins as far as
///   it fills blocks; 0 where no two prompts begin alike
public record MoodyWorkload(String name, EngineSpec engine, List<Tenant> tenants, int beginnings)
    implements Workload {
  private static final double QUIET = 0.05;
  private static final double MEAN_SECONDS = 20;

  public MoodyWorkload {
    tenants = List.copyOf(tenants);
    if (!tenants.stream().allMatch(tenant -> tenant.rate() > 0)) {
      throw new IllegalArgumentException("rates of " + name + " must be > 0");
    }
  }

  @Override
  public List<Intent> intents(Pace pace, Duration length, long seed) {
    var times = Wishes.random(seed);
    var contents = Wishes.random(seed ^ 0x5DEECE66DL);
    List<Mood> moods = tenants.stream().map(tenant -> new Mood(tenant, contents)).toList();
    List<Intent> intents = new ArrayList<>();
    double count = 0;
    while (true) {
      count += times.nextExponential();
      double second = pace.secondOf(count);
      if (!(second * 1e9 < length.toNanos())) {
        return List.copyOf(intents);
      }
      Wish wish = wish(drawn(moods, second, contents), contents);
      intents.add(Wishes.intent(intents.size(), (long) (second * 1e9), wish, contents));
    }
  }

  private static Tenant drawn(List<Mood> moods, double second, RandomGenerator random) {
    double left = random.nextDouble() * moods.stream().mapToDouble(m -> m.rate(second)).sum();
    for (Mood mood : moods) {
      left -= mood.rate(second);
      if (left < 0) {
        return mood.tenant;
      }
    }
    return moods.getLast().tenant;
  }

  private Wish wish(Tenant tenant, RandomGenerator random) {
    int prompt = tenant.promptTokens().at(random.nextDouble());
    int output = tenant.outputTokens().at(random.nextDouble());
    return new Wish(tenant.name(), prompt, output, blocks(tenant, prompt, random));
  }

  private List<Integer> blocks(Tenant tenant, int prompt, RandomGenerator random) {
    if (beginnings == 0) {
      return List.of();
    }
    int texts = beginnings * tenants.size();
    int text = beginnings * tenants.indexOf(tenant) + random.nextInt(beginnings);
    return IntStream.range(0, prompt / PrefixBlocks.TOKENS)
        .mapToObj(block -> text + texts * block)
        .toList();
  }

  /// How one tenant feels, and until when.
  private static final class Mood {
    private final Tenant tenant;
    private final RandomGenerator random;
    private boolean busy;
    private double until;

    Mood(Tenant tenant, RandomGenerator random) {
      this.tenant = tenant;
      this.random = random;
      this.busy = random.nextBoolean();
      this.until = random.nextExponential() * MEAN_SECONDS;
    }

    double rate(double second) {
      while (second >= until) {
        busy = !busy;
        until += random.nextExponential() * MEAN_SECONDS;
      }
      return busy ? tenant.rate() : QUIET * tenant.rate();
    }
  }
}
