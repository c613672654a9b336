package dev.forebay.server.adapter.prometheus;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.stream.Stream;

/// The histograms of times. Those of generative AI are named and cut as in OpenTelemetry's
/// conventions v1.41.
record Histograms(
    HistogramFamily requestDuration,
    HistogramFamily firstContent,
    HistogramFamily genAiDuration,
    HistogramFamily genAiFirstToken,
    HistogramFamily genAiPerToken) {

  static Histograms in(PrometheusRegistry registry) {
    var all =
        new Histograms(
            family(
                "forebay_request_duration_seconds",
                "From a request's first byte to the end of its answer",
                ".05 .1 .25 .48 1 2.5 5 10 25 60 120 300"),
            family(
                "forebay_time_to_first_content_seconds",
                "From a request's first byte to the first content of its answer",
                ".05 .1 .2 .3 .5 .75 1 1.5 2 3 5 10 20 30"),
            family(
                "gen_ai_server_request_duration_seconds",
                "Generative AI server request duration",
                ".01 .02 .04 .08 .16 .32 .64 1.28 2.56 5.12 10.24 20.48 40.96 81.92"),
            family(
                "gen_ai_server_time_to_first_token_seconds",
                "Time to generate first token for successful responses",
                ".001 .005 .01 .02 .04 .06 .08 .1 .25 .5 .75 1 2.5 5 7.5 10"),
            family(
                "gen_ai_server_time_per_output_token_seconds",
                "Time per output token generated after the first one for successful responses",
                ".01 .025 .05 .075 .1 .15 .2 .3 .4 .5 .75 1 2.5"));
    Stream.of(
            all.requestDuration,
            all.firstContent,
            all.genAiDuration,
            all.genAiFirstToken,
            all.genAiPerToken)
        .forEach(registry::register);
    return all;
  }

  private static HistogramFamily family(String name, String help, String seconds) {
    return new HistogramFamily(
        name, help, Stream.of(seconds.split(" ", -1)).mapToDouble(Double::parseDouble).toArray());
  }
}
