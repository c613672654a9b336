package dev.forebay.lab.engine.llama;

import de.kherud.llama.LlamaModel;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The engine proper: a model, its slots, and the line of those that wait for one. The line is
/// unbounded and first come first served, as llama.cpp's own: refusing is the gateway's work.
///
/// Each slot has a platform thread, because waiting for a token is waiting in native code, which
/// would pin a virtual thread's carrier; the machine may have fewer carriers than slots.
final class Slots implements AutoCloseable {
  private final LlamaModel model;
  private final int contextTokens;
  private final ThreadPoolExecutor threads;
  private final Meter meter;

  Slots(Path file, int slots, int contextTokens) {
    this.model = NativeModel.open(file, slots, contextTokens);
    this.contextTokens = contextTokens;
    this.threads =
        new ThreadPoolExecutor(
            slots,
            slots,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("llama-slot-", 0).factory());
    this.meter = new Meter(slots * contextTokens, () -> threads.getQueue().size());
  }

  /// Lines the request up; its pieces come when a slot is free.
  Generation start(Ask ask) throws BadRequest {
    int promptTokens = model.encode(ask.prompt()).length + 1; // llama.cpp puts a start token before
    if (promptTokens >= contextTokens) {
      throw BadRequest.tooLong(promptTokens, contextTokens);
    }
    Generation generation = new Generation(model, ask, promptTokens, contextTokens, meter);
    threads.execute(generation);
    return generation;
  }

  Meter meter() {
    return meter;
  }

  /// Cancels what runs. The model is freed only once no thread is inside native code.
  @Override
  public void close() {
    threads.shutdownNow();
    meter.cancelAll();
    try {
      if (threads.awaitTermination(5, TimeUnit.SECONDS)) {
        model.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
