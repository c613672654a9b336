package dev.forebay.server.adapter.prometheus;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.regex.Pattern;

/// The histograms of times, each with its buckets in seconds. Those of generative AI are named and
/// cut as in OpenTelemetry's conventions v1.41.
enum Histograms {
  REQUEST_DURATION(
      "forebay.request.duration",
      "From a request's first byte to the end of its answer",
      ".05 .1 .25 .48 1 2.5 5 10 25 60 120 300"),
  FIRST_CONTENT(
      "forebay.time.to.first.content",
      "From a request's first byte to the first content of its answer",
      ".05 .1 .2 .3 .5 .75 1 1.5 2 3 5 10 20 30"),
  GEN_AI_DURATION(
      "gen_ai.server.request.duration",
      "Generative AI server request duration",
      ".01 .02 .04 .08 .16 .32 .64 1.28 2.56 5.12 10.24 20.48 40.96 81.92"),
  GEN_AI_FIRST_TOKEN(
      "gen_ai.server.time_to_first_token",
      "Time to generate first token for successful responses",
      ".001 .005 .01 .02 .04 .06 .08 .1 .25 .5 .75 1 2.5 5 7.5 10"),
  GEN_AI_PER_TOKEN(
      "gen_ai.server.time_per_output_token",
      "Time per output token generated after the first token for successful responses",
      ".01 .025 .05 .075 .1 .15 .2 .3 .4 .5 .75 1 2.5");

  private static final Pattern SPACE = Pattern.compile(" ");

  private final String meter;
  private final String help;
  private final String buckets;

  Histograms(String meter, String help, String buckets) {
    this.meter = meter;
    this.help = help;
    this.buckets = buckets;
  }

  Timer register(MeterRegistry registry, Tags tags) {
    return Timer.builder(meter)
        .description(help)
        .tags(tags)
        .serviceLevelObjectives(
            SPACE
                .splitAsStream(buckets)
                .map(seconds -> Duration.ofNanos(Math.round(Double.parseDouble(seconds) * 1e9)))
                .toArray(Duration[]::new))
        .register(registry);
  }
}
