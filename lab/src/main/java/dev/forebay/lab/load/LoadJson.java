package dev.forebay.lab.load;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.ObjectMapper;

/// Writes a report as one JSON object.
final class LoadJson {
  private LoadJson() {}

  static String of(LoadReport report) {
    var all = new LinkedHashMap<String, Object>();
    all.put("seed", report.options().seed());
    all.put("timeout_ms", report.options().timeout().toMillis());
    all.put("planned", report.planned());
    all.put("offered", report.offered());
    all.put("sent", report.sent());
    all.put("span_s", report.span().toNanos() / 1e9);
    all.put("took_s", report.took().toNanos() / 1e9);
    var endings = new LinkedHashMap<String, Long>();
    report.endings().forEach((ending, n) -> endings.put(ending.name().toLowerCase(Locale.ROOT), n));
    all.put("endings", endings);
    all.put("statuses", report.statuses());
    all.put("reasons", report.reasons());
    all.put("replicas", report.replicas());
    all.put("attempts", report.attempts());
    all.put("failed_over", report.failedOver());
    all.put("deltas", report.deltas());
    all.put("success_share", report.successShare());
    all.put("good", report.good());
    all.put("good_share", report.goodShare());
    all.put("goodput_per_s", report.goodput());
    var latencies = new TreeMap<String, Object>();
    report.histograms().forEach((name, values) -> latencies.put(name, percentiles(values)));
    all.put("ms", latencies);
    report.voidReason().ifPresent(why -> all.put("void", why));
    return new ObjectMapper().writeValueAsString(all);
  }

  private static Map<String, Object> percentiles(Histogram values) {
    var row = new LinkedHashMap<String, Object>();
    row.put("n", values.getTotalCount());
    if (values.getTotalCount() > 0) {
      row.put("mean", values.getMean() / 1e6);
      row.put("p50", values.getValueAtPercentile(50) / 1e6);
      row.put("p90", values.getValueAtPercentile(90) / 1e6);
      row.put("p99", values.getValueAtPercentile(99) / 1e6);
      row.put("p99_9", values.getValueAtPercentile(99.9) / 1e6);
      row.put("max", values.getMaxValue() / 1e6);
    }
    return row;
  }
}
