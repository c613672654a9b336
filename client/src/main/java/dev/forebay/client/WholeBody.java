package dev.forebay.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// Collects a body to its end.
final class WholeBody extends AnswerBody {
  /// Told of the end, once.
  interface Listener {
    void complete(byte[] body);

    void broke(Throwable cause);
  }

  private final long mostBytes;
  private final Listener listener;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(1024);

  /// @param mostBytes what is longer breaks
  WholeBody(long mostBytes, Listener listener) {
    this.mostBytes = mostBytes;
    this.listener = listener;
  }

  @Override
  void piece(byte[] bytes) {
    if (body.size() + (long) bytes.length > mostBytes) {
      cancel();
      listener.broke(new IOException("an answer of more than " + mostBytes + " bytes"));
      return;
    }
    body.writeBytes(bytes);
    more();
  }

  @Override
  public void onComplete() {
    listener.complete(body.toByteArray());
  }

  @Override
  public void onError(Throwable cause) {
    listener.broke(cause);
  }
}
