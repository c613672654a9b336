package dev.forebay.limit;

import dev.forebay.limit.Decision.Forbidden;
import dev.forebay.limit.Decision.NeverFits;
import dev.forebay.limit.Decision.Passed;
import dev.forebay.limit.Decision.Refused;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Held;
import dev.forebay.pipeline.Loop.Timer;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Lets a call pass if all its limits do, and settles what it took when it ends.
public final class LimitStage implements Stage {
  private static final long METER_EVERY = TimeUnit.SECONDS.toNanos(1);

  private final Limits limits;
  private final InstantSource wall;

  /// @param wall by which budgets know the day
  public LimitStage(Limits limits, InstantSource wall) {
    this.limits = limits;
    this.wall = wall;
  }

  @Override
  public void handle(Call call, Next next) {
    Decision decision = limits.admit(call, call.loop().nanoTime(), wall.millis());
    if (decision.consulted() != null) {
      call.note(decision.consulted());
    }
    switch (decision) {
      case Passed(var grant, long delayNanos, var allowance, _) -> {
        call.allowance(allowance);
        call.leeway(grant.leeway());
        var holder = new Holder(call, grant);
        call.hold(holder);
        holder.passOn(next, delayNanos);
      }
      case Refused(var reason, long waitNanos, var allowance, _) -> {
        call.allowance(allowance);
        call.end(new Shed(reason, Duration.ofNanos(waitNanos)));
      }
      case NeverFits(String why, _) -> call.end(new Failed(Cause.INVALID_REQUEST, false, why));
      case Forbidden(String why) -> call.end(new Failed(Cause.FORBIDDEN, false, why));
    }
  }

  /// Holds a grant for a call, and looks now and then whether the answer grows beyond what was
  /// taken for it.
  private final class Holder implements Held {
    private final Call call;
    private final Grant grant;
    private @Nullable Timer timer;

    Holder(Call call, Grant grant) {
      this.call = call;
      this.grant = grant;
    }

    void passOn(Next next, long delayNanos) {
      if (delayNanos == 0) {
        meterLater();
        next.proceed(call);
        return;
      }
      timer =
          call.loop()
              .at(
                  call.loop().nanoTime() + delayNanos,
                  () -> {
                    meterLater();
                    next.proceed(call);
                  });
    }

    private void meterLater() {
      if (!grant.countsTokens()) {
        return;
      }
      timer =
          call.loop()
              .at(
                  call.loop().nanoTime() + METER_EVERY,
                  () -> {
                    limits.meter(grant, call.progress(), call.loop().nanoTime());
                    meterLater();
                  });
    }

    @Override
    public void close() {
      if (timer != null) {
        timer.cancel();
      }
      limits.settle(grant, call.progress(), call.loop().nanoTime(), wall.millis());
    }
  }
}
