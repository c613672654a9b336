package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.simulator.EngineSpec;
import dev.forebay.lab.simulator.Forebay;
import dev.forebay.lab.simulator.Intent;
import dev.forebay.lab.simulator.MoodyWorkload;
import dev.forebay.lab.simulator.Run;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.simulator.TenantsWorkload.Quantiles;
import dev.forebay.lab.simulator.TenantsWorkload.Tenant;
import dev.forebay.lab.simulator.Workload;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/// How evenly tenants of one class were served in one run.
///
/// The law: in any stretch of time in which two tenants wait all the time, what they are served
/// differs by no more than twice what one of them has under way at most, at its end. The bound is
/// taken from the run, and wider by the prompts under way, which are charged before they are read
/// and by an estimate. Where engines remember the beginnings of prompts, one whose prompt was read
/// may go before its turn, and either tenant may be ahead by as much more.
///
/// @param tenants that came
/// @param shared share of the time in which two or more tenants waited
/// @param widest difference in work units of any two tenants, over any such stretch
/// @param bound that the law sets it
/// @param jain's index of what tenants were served in all, of those that waited for nearly all of
///   that time; NaN if fewer than two did
/// @see <a href="https://arxiv.org/abs/2401.00588">Sheng et al., Fairness in Serving Large Language
///   Models, theorem 4.4</a>
record Fairness(int tenants, double shared, double widest, double bound, double jain) {
  /// Work units by which a tenant may be ahead when a call of it goes where its prompt was read:
  /// what the gateway calls near its turn. Without a bound, who is remembered would be served
  /// alone.
  private static final double LOCALITY = 4_096;

  private static final double[] SHARES = {0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
  private static final double[] DEVIATIONS = {-1.64, -0.67, 0, 0.67, 1.64, 2.33};

  /// What an engine of `EngineSpec.TIGHT` serves about, work units a second.
  private static final double CAPACITY = 10_000;

  boolean holds() {
    return widest <= bound;
  }

  /// The product's stages before one to three engines, two to fifty tenants of random rates, moods
  /// and lengths, at a random load of 1.5 to 10 times what the engines serve.
  ///
  /// @param beginnings of a tenant's prompts, which engines remember; 0 where no two begin alike
  static Fairness ofCrowd(long seed, Duration length, int beginnings) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<Tenant> tenants =
        IntStream.range(0, 2 + random.nextInt(49))
            .mapToObj(i -> tenant("tenant-" + i, random))
            .toList();
    EngineSpec engine = beginnings == 0 ? EngineSpec.TIGHT : EngineSpec.TIGHT.withPrefixCache();
    var crowd = new MoodyWorkload("crowd", engine, tenants, beginnings);
    int replicas = 1 + random.nextInt(3);
    double load = 1.5 * Math.pow(10 / 1.5, random.nextDouble());
    double rate = load * replicas * CAPACITY / meanWork(crowd);
    return of(
        Scenario.of(crowd, new Pace.Flat(rate))
            .withReplicas(replicas)
            .during(Duration.ZERO, length),
        seed);
  }

  /// The product's stages in that scenario.
  static Fairness of(Scenario scenario, long seed) {
    double ahead = scenario.engine().prefixCache() ? LOCALITY : 0;
    var witness = new Witness(new Forebay(), ahead);
    Run.of(witness, scenario, seed);
    return witness.seen();
  }

  private static Tenant tenant(String name, RandomGenerator random) {
    return new Tenant(
        name,
        between(1, 100, random),
        lengths(between(50, 2_000, random), random),
        lengths(between(20, 500, random), random));
  }

  private static Quantiles lengths(double median, RandomGenerator random) {
    double sigma = 0.2 + 0.8 * random.nextDouble();
    return new Quantiles(
        IntStream.range(0, SHARES.length).mapToObj(i -> SHARES[i]).toList(),
        IntStream.range(0, SHARES.length)
            .mapToObj(i -> median * Math.exp(sigma * DEVIATIONS[i]))
            .toList());
  }

  private static double between(double least, double most, RandomGenerator random) {
    return least * Math.pow(most / least, random.nextDouble());
  }

  private static double meanWork(Workload workload) {
    List<Intent> some = workload.intents(new Pace.Flat(10), Duration.ofSeconds(200), 1);
    return some.stream()
        .mapToDouble(intent -> intent.promptTokens() + 2.0 * intent.outputTokens())
        .average()
        .orElseThrow();
  }
}
