package dev.forebay.lab.hostile;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows that those who mean harm do none.
@Command(
    name = "hostile",
    mixinStandardHelpOptions = true,
    description =
        "Sends requests that two readers read differently, lets engines answer rubbish, and lays"
            + " siege to the gateway while a good caller calls.")
public final class HostileCommand implements Callable<Integer> {
  @Option(
      names = "--connections",
      defaultValue = "1000",
      description = "Of an attack that is cheap. Default: ${DEFAULT-VALUE}")
  int connections;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      description = "Length of each attack. Default: ${DEFAULT-VALUE}")
  int seconds;

  @Option(names = "--verbose", description = "Print what became of each vector.")
  boolean verbose;

  @Override
  public Integer call() throws Exception {
    boolean passed = vectors(Vectors.ALL, "requests", false);
    passed &= vectors(Vectors.BODIES, "bodies", true);
    passed &= http2();
    passed &= rubbish();
    System.out.printf(
        "%n%-46s %6s %8s %7s %6s %8s %8s %8s  %s%n",
        "attack", "conns", "cut", "served", "failed", "p99 ms", "held", "off heap", "left");
    for (Attack attack : Attack.values()) {
      try (Siege siege = new Siege(100 << 20)) {
        Siege.Result result = siege.run(attack, connections, Duration.ofSeconds(seconds));
        passed &= result.withstood();
        System.out.printf(
            "%-46s %6d %8d %7d %6d %8.1f %5d MB %5d MB  %s%n",
            attack.what(),
            result.connections(),
            result.pressed(),
            result.served(),
            result.failures().size(),
            result.latency().getValueAtPercentile(99) / 1e6,
            result.heldBytes() >> 20,
            result.directBytes() >> 20,
            result.withstood() ? "nothing" : result.after() + " FAILED");
        result.failures().stream()
            .distinct()
            .limit(3)
            .forEach(failure -> System.out.println("  " + failure));
      }
    }
    System.out.println(passed ? "passed" : "FAILED");
    return passed ? 0 : 1;
  }

  private boolean vectors(List<Vector> vectors, String what, boolean connectionMayStay)
      throws Exception {
    Map<VectorRun.Verdict, Integer> verdicts = new EnumMap<>(VectorRun.Verdict.class);
    boolean sound = true;
    try (VectorRun run = new VectorRun()) {
      for (Vector vector : vectors) {
        VectorRun.Result result = run.run(vector);
        verdicts.merge(result.verdict(), 1, Integer::sum);
        boolean good = result.sound(connectionMayStay);
        sound &= good;
        if (verbose || !good) {
          System.out.printf(
              "%-52s %-12s %s%n",
              vector.name(), good ? result.verdict() : "UNSOUND", result.what());
        }
      }
    }
    System.out.printf("%-9s %3d %s%n", what, vectors.size(), verdicts);
    return sound;
  }

  private boolean http2() throws Exception {
    int bad = 0;
    try (Http2Run run = new Http2Run()) {
      for (Http2Vectors.Http2Vector vector : Http2Vectors.ALL) {
        String wrong = run.run(vector);
        if (!wrong.isEmpty()) {
          bad++;
          System.out.println(vector.name() + ": " + wrong);
        }
      }
    }
    System.out.printf("%-9s %3d, %d of which did harm%n", "HTTP/2", Http2Vectors.ALL.size(), bad);
    return bad == 0;
  }

  private boolean rubbish() throws Exception {
    int bad = 0;
    try (RubbishRun run = new RubbishRun()) {
      for (Rubbish rubbish : Rubbish.ALL) {
        String wrong = run.run(rubbish);
        if (!wrong.isEmpty()) {
          bad++;
          System.out.println(rubbish.name() + ": " + wrong);
        }
      }
    }
    System.out.printf("%-9s %3d, %d of which did harm%n", "rubbish", Rubbish.ALL.size(), bad);
    return bad == 0;
  }
}
