package dev.forebay.server.adapter.prometheus;

import dev.forebay.monitor.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// How the attempts on one replica ended. Safe for many loops at once.
final class AttemptMeters {
  private final ConcurrentHashMap<Verdict, Counter> byVerdict = new ConcurrentHashMap<>();
  private final Function<Verdict, Counter> make;

  AttemptMeters(MeterRegistry registry, String replica) {
    make =
        verdict ->
            Counter.builder("forebay.attempts")
                .description("Attempts of calls on a replica that ended")
                .tags("replica", replica, "result", verdict.label())
                .register(registry);
  }

  void ended(Verdict verdict) {
    byVerdict.computeIfAbsent(verdict, make).increment();
  }
}
