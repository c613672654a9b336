package dev.forebay.lab.load;

import java.util.Formatter;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Lays a report out for a terminal.
final class LoadTable {
  private LoadTable() {}

  static String of(LoadReport report) {
    var text = new StringBuilder();
    var out = new Formatter(text, Locale.ROOT);
    double seconds = report.span().toNanos() / 1e9;
    out.format(
        "offered %d in %.1f s (%.1f/s), sent %d, took %.1f s\n",
        report.offered(),
        seconds,
        report.offered() / seconds,
        report.sent(),
        report.took().toNanos() / 1e9);
    out.format(
        "success %.2f %%   within SLO %.2f %% (%.1f/s)   failed over %d\n",
        report.successShare() * 100,
        report.goodShare() * 100,
        report.goodput(),
        report.failedOver());
    out.format(
        "ended   %s\n",
        report.endings().entrySet().stream()
            .filter(e -> e.getValue() > 0)
            .map(e -> e.getKey().name().toLowerCase(Locale.ROOT) + " " + e.getValue())
            .collect(Collectors.joining("  ")));
    counts(out, "status ", report.statuses());
    counts(out, "reason ", report.reasons());
    counts(out, "replica", report.replicas());
    out.format(
        "%-9s %9s %9s %9s %9s %9s %9s %9s\n",
        "ms", "n", "mean", "p50", "p90", "p99", "p99.9", "max");
    report
        .histograms()
        .forEach((name, values) -> {
          if (values.getTotalCount() > 0) {
            out.format(
                "%-9s %9d %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f\n",
                name,
                values.getTotalCount(),
                values.getMean() / 1e6,
                values.getValueAtPercentile(50) / 1e6,
                values.getValueAtPercentile(90) / 1e6,
                values.getValueAtPercentile(99) / 1e6,
                values.getValueAtPercentile(99.9) / 1e6,
                values.getMaxValue() / 1e6);
          }
        });
    report.voidReason().ifPresent(why -> out.format("VOID: %s\n", why));
    return text.toString();
  }

  private static void counts(Formatter out, String title, Map<?, Long> counts) {
    if (!counts.isEmpty()) {
      out.format(
          "%s %s\n",
          title,
          counts.entrySet().stream()
              .map(e -> e.getKey() + " " + e.getValue())
              .collect(Collectors.joining("  ")));
    }
  }
}
