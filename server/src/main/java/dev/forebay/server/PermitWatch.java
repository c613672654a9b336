package dev.forebay.server;

import dev.forebay.limit.PermitAudit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what the last audit of permits found, and complains of a difference that lasts.
final class PermitWatch implements Consumer<PermitAudit> {
  private static final Logger LOG = LoggerFactory.getLogger(PermitWatch.class);

  private volatile long difference;
  private long complainedOf;

  /// Permits that nobody owns, or that are owned and not counted; 0 unless something leaks.
  long difference() {
    return difference;
  }

  @Override
  public void accept(PermitAudit audit) {
    long now = audit.difference();
    // A call that begins or ends meanwhile may show for one turn, so two in a row must.
    long lasting = Math.min(now, difference);
    if (lasting > 0 && lasting != complainedOf) {
      LOG.error("{} permits are held by no call, or the other way round: {}", lasting, audit);
    }
    complainedOf = lasting;
    difference = now;
  }
}
