package dev.forebay.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class VerdictTest {

  @Test
  void aReplicasOwnStatusSaysWhoseDoingItWas() {
    assertThat(Verdict.of(new Served(200))).isEqualTo(Verdict.OK);
    assertThat(Verdict.of(new Served(302))).isEqualTo(Verdict.OK);
    assertThat(Verdict.of(new Served(400))).isEqualTo(Verdict.INVALID);
    assertThat(Verdict.of(new Served(429))).isEqualTo(Verdict.UPSTREAM_ERROR);
    assertThat(Verdict.of(new Served(500))).isEqualTo(Verdict.UPSTREAM_ERROR);
  }

  @Test
  void theOtherEnds() {
    assertThat(Verdict.of(new FromCache())).isEqualTo(Verdict.CACHE_HIT);
    assertThat(Verdict.of(new Deferred("t"))).isEqualTo(Verdict.ACCEPTED);
    assertThat(Verdict.of(new Shed(Reason.DRAINING, Duration.ZERO))).isEqualTo(Verdict.SHED);
    assertThat(of(Cause.UNKNOWN_MODEL)).isEqualTo(Verdict.INVALID);
    assertThat(of(Cause.CONNECT)).isEqualTo(Verdict.UPSTREAM_ERROR);
    assertThat(of(Cause.DEADLINE)).isEqualTo(Verdict.TIMEOUT);
    assertThat(of(Cause.CLIENT_GONE)).isEqualTo(Verdict.CLIENT_CANCELLED);
    assertThat(of(Cause.INTERNAL)).isEqualTo(Verdict.INTERNAL_ERROR);
  }

  private static Verdict of(Cause cause) {
    return Verdict.of(new Failed(cause, false, ""));
  }
}
