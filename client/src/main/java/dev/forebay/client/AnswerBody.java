package dev.forebay.client;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The body of an answer as it arrives. Pieces come one at a time, each when it was asked for, so
/// that a slow reader slows the sender down instead of filling memory.
abstract sealed class AnswerBody implements Flow.Subscriber<List<ByteBuffer>>
    permits WholeBody, HeldStream {
  private static final Flow.Subscription CANCELLED =
      new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
      };

  private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

  /// The next bytes, never empty.
  abstract void piece(byte[] bytes);

  @Override
  public final void onSubscribe(Flow.Subscription given) {
    if (subscription.compareAndSet(null, given)) {
      given.request(1);
    } else {
      given.cancel();
    }
  }

  @Override
  public final void onNext(List<ByteBuffer> buffers) {
    int size = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
    if (size == 0) {
      more();
      return;
    }
    var bytes = ByteBuffer.allocate(size);
    buffers.forEach(bytes::put);
    piece(bytes.array());
  }

  /// Asks for the next piece.
  final void more() {
    Flow.@Nullable Subscription current = subscription.get();
    if (current != null) {
      current.request(1);
    }
  }

  /// Wants no more of it: closes the connection if the answer is not complete. May be called at any
  /// time, and again.
  final void cancel() {
    Flow.@Nullable Subscription current = subscription.getAndSet(CANCELLED);
    if (current != null) {
      current.cancel();
    }
  }
}
