package dev.forebay.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A stream that is held until its first event with content, then handed on byte for byte, the held
/// ones first.
///
/// While it is held only the transport's thread touches it. Then one thread takes what another
/// brings, under a lock; at most one piece is under way.
final class HeldStream extends AnswerBody {
  /// More than this without content is passed on: it is no stream that we understand.
  private static final int MOST_HELD_BYTES = 1024 * 1024;

  /// Told once what became of the stream while it was held.
  interface Listener {
    /// There is content, or may be: the caller gets the stream.
    void content(HeldStream stream);

    /// It said that it has failed, or it ended without content.
    ///
    /// @param error null if it just ended
    /// @param held what came of it
    void failed(@Nullable ErrorBody error, byte[] held);

    void broke(Throwable cause);
  }

  private final Listener listener;
  private final Duration idle;
  private final SseParser parser = new SseParser(this::see);
  private final ByteArrayOutputStream held = new ByteArrayOutputStream(1024);
  private FirstContent seen = new FirstContent.Nothing();
  private boolean holding = true;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private boolean ended;
  private @Nullable Throwable broken;

  /// @param idle how long it may say nothing once it is handed on
  HeldStream(Duration idle, Listener listener) {
    this.idle = idle;
    this.listener = listener;
  }

  private void see(ServerSentEvent event) {
    // what was said first counts
    if (seen instanceof FirstContent.Nothing) {
      seen = FirstContent.of(event);
    }
  }

  @Override
  void piece(byte[] bytes) {
    if (!holding) {
      bring(bytes);
      return;
    }
    held.writeBytes(bytes);
    try {
      parser.feed(bytes);
    } catch (IOException e) {
      seen = new FirstContent.Content();
    }
    judge();
  }

  private void judge() {
    if (seen instanceof FirstContent.Content || held.size() > MOST_HELD_BYTES) {
      handOn();
    } else if (seen instanceof FirstContent.Failed failed) {
      cancel();
      listener.failed(failed.error(), held.toByteArray());
    } else if (seen instanceof FirstContent.Starved) {
      cancel();
      listener.failed(null, held.toByteArray());
    } else {
      more();
    }
  }

  private void handOn() {
    holding = false;
    bring(held.toByteArray());
    held.reset();
    listener.content(this);
  }

  private void bring(byte[] bytes) {
    lock.lock();
    try {
      pieces.add(bytes);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onComplete() {
    if (holding) {
      listener.failed(null, held.toByteArray());
    } else {
      end(null);
    }
  }

  @Override
  public void onError(Throwable cause) {
    if (holding) {
      listener.broke(cause);
    } else {
      end(cause);
    }
  }

  private void end(@Nullable Throwable cause) {
    lock.lock();
    try {
      ended = true;
      broken = cause;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// The caller is done with it.
  void close() {
    cancel();
    lock.lock();
    try {
      pieces.clear();
    } finally {
      lock.unlock();
    }
    end(new IOException("the stream was closed"));
  }

  /// Waits for the next bytes.
  ///
  /// @return null at the end
  /// @throws IOException if the stream broke, was closed or said nothing for too long; or if the
  ///   thread was interrupted, which ends the stream
  byte @Nullable [] take() throws IOException {
    lock.lock();
    try {
      long left = idle.toNanos();
      while (pieces.isEmpty() && !ended) {
        if (left <= 0) {
          cancel();
          throw new IOException("the stream said nothing for " + idle);
        }
        left = changed.awaitNanos(left);
      }
      byte[] next = pieces.poll();
      if (next == null && broken != null) {
        throw new IOException(broken.getMessage(), broken);
      }
      return next;
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    } finally {
      lock.unlock();
      more();
    }
  }
}
