package dev.forebay.monitor;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Stage;
import java.util.List;

/// Stands first on the path and tells the signals of every call and its one outcome.
public final class MonitorStage implements Stage {
  private final List<Signals> signals;

  public MonitorStage(List<Signals> signals) {
    this.signals = List.copyOf(signals);
  }

  @Override
  public void handle(Call call, Next next) {
    for (Signals each : signals) {
      each.started(call);
    }
    call.onEnd(outcome -> {
      long now = call.loop().nanoTime();
      for (Signals each : signals) {
        each.ended(call, outcome, now);
      }
    });
    next.proceed(call);
  }
}
