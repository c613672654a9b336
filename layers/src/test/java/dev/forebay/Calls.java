package dev.forebay;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;

/// Calls to try things on.
public final class Calls {
  private Calls() {}

  public static Call call() {
    return call(new HandLoop(), request(true));
  }

  public static Call call(Loop loop, Request request) {
    return new Call("call-1", loop, request, loop.nanoTime());
  }

  public static Request request(boolean repeatable) {
    return request("m", repeatable);
  }

  public static Request request(String model, boolean repeatable) {
    return new Request(
        Operation.CHAT,
        model,
        true,
        false,
        100,
        1,
        new Request.Prompt(1_000, 0, 1, 0, 0),
        null,
        null,
        Double.NaN,
        false,
        repeatable);
  }
}
