package dev.forebay.lab.engine.llama;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/// What the engine counts, printed under the names llama.cpp's server uses at `/metrics`.
///
/// Safe for many threads; a page is not one instant, as no scrape is.
final class Meter {
  private final int kvTokens;
  private final IntSupplier deferred;
  private final Set<Generation> running = ConcurrentHashMap.newKeySet();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder promptNanos = new LongAdder();
  private final LongAdder predictedTokens = new LongAdder();
  private final LongAdder predictedNanos = new LongAdder();

  Meter(int kvTokens, IntSupplier deferred) {
    this.kvTokens = kvTokens;
    this.deferred = deferred;
  }

  void begin(Generation generation) {
    running.add(generation);
  }

  void end(Generation generation) {
    running.remove(generation);
  }

  /// The prompt was read and gave the first token.
  void prompt(int tokens, long nanos) {
    promptTokens.add(tokens);
    promptNanos.add(nanos);
    predictedTokens.increment();
  }

  void token(long nanos) {
    predictedTokens.increment();
    predictedNanos.add(nanos);
  }

  void cancelAll() {
    running.forEach(Generation::cancel);
  }

  /// Prometheus text.
  String page() {
    int held = running.stream().mapToInt(Generation::held).sum();
    StringBuilder page = new StringBuilder(2048);
    counter(
        page,
        "prompt_tokens_total",
        "Number of prompt tokens processed.",
        (double) promptTokens.sum());
    counter(page, "prompt_seconds_total", "Prompt process time", seconds(promptNanos));
    counter(
        page,
        "tokens_predicted_total",
        "Number of generation tokens processed.",
        (double) predictedTokens.sum());
    counter(
        page, "tokens_predicted_seconds_total", "Predict process time", seconds(predictedNanos));
    gauge(
        page,
        "prompt_tokens_seconds",
        "Average prompt throughput in tokens/s.",
        rate(promptTokens, promptNanos));
    gauge(
        page,
        "predicted_tokens_seconds",
        "Average generation throughput in tokens/s.",
        rate(predictedTokens, predictedNanos));
    gauge(
        page,
        "kv_cache_usage_ratio",
        "KV-cache usage. 1 means 100 percent usage.",
        (double) held / kvTokens);
    gauge(page, "kv_cache_tokens", "KV-cache tokens.", held);
    gauge(page, "requests_processing", "Number of requests processing.", running.size());
    gauge(page, "requests_deferred", "Number of requests deferred.", deferred.getAsInt());
    return page.toString();
  }

  private static double seconds(LongAdder nanos) {
    return nanos.sum() / 1e9;
  }

  private static double rate(LongAdder tokens, LongAdder nanos) {
    double seconds = seconds(nanos);
    return seconds > 0 ? tokens.sum() / seconds : 0;
  }

  private static void counter(StringBuilder page, String name, String help, double value) {
    sample(page, name, "counter", help, value);
  }

  private static void gauge(StringBuilder page, String name, String help, double value) {
    sample(page, name, "gauge", help, value);
  }

  private static void sample(
      StringBuilder page, String name, String type, String help, double value) {
    String number =
        value == Math.rint(value)
            ? Long.toString((long) value)
            : String.format(Locale.ROOT, "%.6f", value);
    page.append("# HELP llamacpp:%s %s\n".formatted(name, help))
        .append("# TYPE llamacpp:%s %s\n".formatted(name, type))
        .append("llamacpp:%s %s\n".formatted(name, number));
  }
}
