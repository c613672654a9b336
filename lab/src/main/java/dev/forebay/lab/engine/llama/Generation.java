package dev.forebay.lab.engine.llama;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaIterator;
import de.kherud.llama.LlamaModel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// One answer in the making. A slot thread runs it; one other thread takes the pieces and may
/// cancel.
///
/// A reader that falls 256 tokens behind makes the slot wait: an answer never piles up here.
final class Generation implements Runnable {
  private static final int PIECES_AHEAD = 256;

  private final LlamaModel model;
  private final Ask ask;
  private final int promptTokens;
  private final int contextTokens;
  private final Meter meter;
  private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES_AHEAD);

  private volatile boolean cancelled;
  private volatile int generated;

  Generation(LlamaModel model, Ask ask, int promptTokens, int contextTokens, Meter meter) {
    this.model = model;
    this.ask = ask;
    this.promptTokens = promptTokens;
    this.contextTokens = contextTokens;
    this.meter = meter;
  }

  /// The next piece; waits for it.
  Piece take() throws InterruptedException {
    return pieces.take();
  }

  /// Frees the slot before its next token; a generation that still waits for one never starts.
  void cancel() {
    cancelled = true;
  }

  /// KV-cache tokens this answer holds now.
  int held() {
    return Math.min(promptTokens + generated, contextTokens);
  }

  @Override
  public void run() {
    if (cancelled) {
      return;
    }
    meter.begin(this);
    try {
      generate();
    } catch (RuntimeException e) {
      hand(new Piece.Broken(String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      hand(new Piece.Broken("the engine is stopping"));
      Thread.currentThread().interrupt();
    } finally {
      meter.end(this);
    }
  }

  private void generate() throws InterruptedException {
    long began = System.nanoTime();
    LlamaIterator tokens = model.generate(parameters()).iterator();
    long previous = began;
    try {
      while (tokens.hasNext() && !cancelled) {
        String text = tokens.next().text;
        long now = System.nanoTime();
        if (!tokens.hasNext() && text.isEmpty()) {
          break; // the mark of the end, not a token
        }
        if (generated == 0) {
          meter.prompt(promptTokens, now - previous);
        } else {
          meter.token(now - previous);
        }
        previous = now;
        count();
        put(new Piece.Text(text));
      }
    } finally {
      if (tokens.hasNext()) {
        tokens.cancel();
      }
    }
    put(new Piece.End(finishReason(), promptTokens, generated));
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only the slot thread writes
  private void count() {
    generated++;
  }

  private String finishReason() {
    boolean asOrdered = ask.maxTokens().isPresent() && generated >= ask.maxTokens().getAsInt();
    boolean full = promptTokens + generated >= contextTokens;
    return asOrdered || full ? "length" : "stop";
  }

  private InferenceParameters parameters() {
    InferenceParameters parameters =
        new InferenceParameters(ask.prompt())
            .setTemperature(ask.temperature())
            .setTopP(ask.topP())
            .setIgnoreEos(ask.ignoreEnd())
            .setNPredict(longest());
    ask.seed().ifPresent(parameters::setSeed);
    if (!ask.stop().isEmpty()) {
      parameters.setStopStrings(ask.stop().toArray(String[]::new));
    }
    return parameters;
  }

  // Past the end of its context llama.cpp would forget the middle and go on. With several slots
  // there at once that fails all of them ("Input prompt is too big compared to KV size") or ends
  // the process, so here, as in newer servers, a full context ends the answer.
  private int longest() {
    int room = contextTokens - promptTokens;
    return Math.min(ask.maxTokens().orElse(room), room);
  }

  private void put(Piece piece) throws InterruptedException {
    while (!cancelled && !pieces.offer(piece, 50, TimeUnit.MILLISECONDS)) {
      // The reader is slow; look again whether it is still there.
    }
  }

  private void hand(Piece last) {
    if (!pieces.offer(last)) {
      pieces.clear();
      pieces.add(last);
    }
  }
}
