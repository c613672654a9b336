package dev.forebay.server.openai;

import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Progress;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Understands an answer as it passes.
public final class AnswerScanner {
  public AnswerScanner(Operation operation, boolean stream) {}

  public void scan(ByteBuf in, int from, int to, Progress progress, long now) {}

  public boolean betweenEvents() {
    return false;
  }

  public boolean content() {
    return false;
  }

  public boolean started() {
    return false;
  }

  public boolean finished() {
    return false;
  }

  public boolean done() {
    return false;
  }

  public boolean failed() {
    return false;
  }

  public boolean starved() {
    return false;
  }

  public @Nullable String errorMessage() {
    return null;
  }

  public boolean broken() {
    return false;
  }

  public boolean blank() {
    return true;
  }
}
