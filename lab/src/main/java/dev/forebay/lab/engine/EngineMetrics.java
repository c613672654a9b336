package dev.forebay.lab.engine;

import java.util.Map;
import java.util.TreeMap;

/// Counts what vLLM counts and writes it under vLLM's names, those of today and those before 0.9.
/// Seconds are engine time. Not thread safe.
final class EngineMetrics {

  private static final double[] WAITS = {
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
    80, 160, 640, 2560
  };
  private static final double[] TOKEN_GAPS = {
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
  };
  private static final double[] DURATIONS = {
    0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
  };

  private final BucketCounts firstToken = new BucketCounts(WAITS);
  private final BucketCounts tokenGap = new BucketCounts(TOKEN_GAPS);
  private final BucketCounts queued = new BucketCounts(DURATIONS);
  private final BucketCounts wholeRequest = new BucketCounts(DURATIONS);
  private final Map<String, Long> successes = new TreeMap<>();

  long accepted;
  long finished;
  long aborted;
  long faulted;
  long promptTokens;
  long generatedTokens;
  long prefixQueries;
  long prefixHits;

  void token(Sequence<?> sequence) {
    long before = sequence.previousTokenAt();
    generatedTokens++;
    if (before == Sequence.NEVER) {
      promptTokens += sequence.promptTokens();
      firstToken.add(seconds(sequence.lastTokenAt() - sequence.arrivedAt()));
      queued.add(seconds(sequence.admittedAt() - sequence.arrivedAt()));
    } else {
      tokenGap.add(seconds(sequence.lastTokenAt() - before));
    }
  }

  void complete(Sequence<?> sequence, String reason) {
    wholeRequest.add(seconds(sequence.lastTokenAt() - sequence.arrivedAt()));
    ended(reason);
  }

  void ended(String reason) {
    successes.merge(reason, 1L, Long::sum);
  }

  String text(String model, SchedulerConfig config, Scheduler<?> scheduler) {
    var out = new StringBuilder(8_192);
    String labels = "engine=\"0\",model_name=" + JsonText.quote(model);
    gauge(out, "vllm:num_requests_running", labels, scheduler.running());
    gauge(out, "vllm:num_requests_waiting", labels, scheduler.waiting());
    gauge(out, "vllm:num_requests_swapped", labels, 0);
    gauge(out, "vllm:kv_cache_usage_perc", labels, scheduler.kvUsage());
    gauge(out, "vllm:gpu_cache_usage_perc", labels, scheduler.kvUsage());
    gauge(
        out,
        "vllm:cache_config_info",
        "block_size=\"%d\",num_gpu_blocks=\"%d\",gpu_memory_utilization=\"0.9\",engine=\"0\""
            .formatted(SchedulerConfig.BLOCK_TOKENS, config.kvBlocks()),
        1);
    counter(out, "vllm:num_preemptions_total", labels, scheduler.preemptions());
    counter(out, "vllm:prompt_tokens_total", labels, promptTokens);
    counter(out, "vllm:generation_tokens_total", labels, generatedTokens);
    counter(out, "vllm:prefix_cache_queries_total", labels, prefixQueries);
    counter(out, "vllm:prefix_cache_hits_total", labels, prefixHits);
    out.append("# TYPE vllm:request_success_total counter\n");
    successes.forEach((reason, count) ->
        sample(
            out,
            "vllm:request_success_total",
            "finished_reason=\"" + reason + "\"," + labels,
            count));
    firstToken.write(out, "vllm:time_to_first_token_seconds", labels);
    tokenGap.write(out, "vllm:inter_token_latency_seconds", labels);
    tokenGap.write(out, "vllm:time_per_output_token_seconds", labels);
    queued.write(out, "vllm:request_queue_time_seconds", labels);
    wholeRequest.write(out, "vllm:e2e_request_latency_seconds", labels);
    return out.toString();
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  private static void gauge(StringBuilder out, String name, String labels, double value) {
    out.append("# TYPE ").append(name).append(" gauge\n");
    sample(out, name, labels, value);
  }

  private static void counter(StringBuilder out, String name, String labels, long value) {
    out.append("# TYPE ").append(name).append(" counter\n");
    sample(out, name, labels, (double) value);
  }

  private static void sample(StringBuilder out, String name, String labels, double value) {
    out.append(name).append('{').append(labels).append("} ").append(value).append('\n');
  }
}
