package dev.forebay.lab.simulator;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Prefix;
import dev.forebay.pipeline.Request;

/// One try of a client to get what its user wants. What it will cost is known to the simulated
/// engine alone; the path sees a request.
public final class SimulatedCall extends Call {
  private final Intent intent;
  private final int number;
  private final long dueNanos;

  /// @param number 1 for the client's first try
  /// @param dueNanos when the first content is worth nothing any more, on the loop's clock
  public SimulatedCall(Intent intent, int number, Loop loop, long dueNanos) {
    super(
        intent.number() + "-" + number,
        loop,
        request(intent),
        new Caller(intent.tenant(), "key", intent.priority(), Network.UNKNOWN),
        loop.nanoTime());
    this.intent = intent;
    this.number = number;
    this.dueNanos = dueNanos;
  }

  public Intent intent() {
    return intent;
  }

  /// 1 for the client's first try.
  public int number() {
    return number;
  }

  /// When the first content is worth nothing any more: what `x-deadline-ms` tells a gateway.
  @Override
  public long deadlineNanos() {
    return dueNanos;
  }

  private static Prefix prefix(Intent intent) {
    var prefix = new Prefix.Builder();
    intent.blocks().forEach(prefix::block);
    return prefix.build();
  }

  private static Request request(Intent intent) {
    return new Request(
        Operation.CHAT,
        SimulatedFleet.MODEL,
        true,
        false,
        intent.maxTokens(),
        1,
        new Request.Prompt(intent.promptChars(), 0, 2, 0, 0, prefix(intent)),
        null,
        null,
        Double.NaN,
        false,
        true);
  }
}
