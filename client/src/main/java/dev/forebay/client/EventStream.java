package dev.forebay.client;

import dev.forebay.retry.policy.RetryDecision.Reason;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// The events of a stream that has its first content, without the `[DONE]` at the end. Going on to
/// the next event waits for it, and throws
///
/// - [ConnectionException] if the stream breaks or says nothing for too long; it is not begun anew,
///   for its caller has a part of it,
/// - [AnsweredException] at an event that is an error.
///
/// To be closed, also when it is left before its end: closing closes the connection, by which a
/// server learns to stop. Goes through its events once, on one thread at a time; may be closed from
/// any.
public final class EventStream implements Iterable<ServerSentEvent>, AutoCloseable {
  private static final int READ_BYTES = 16 * 1024;

  private final OpenResponse response;
  private final Queue<ServerSentEvent> ready = new ArrayDeque<>();
  private final SseParser parser = new SseParser(ready::add);
  private boolean ended;

  EventStream(OpenResponse response) {
    this.response = response;
  }

  public int status() {
    return response.status();
  }

  public Headers headers() {
    return response.headers();
  }

  /// Tries it took.
  public int attempts() {
    return response.attempts();
  }

  @Override
  public Iterator<ServerSentEvent> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return peek() != null;
      }

      @Override
      public ServerSentEvent next() {
        ServerSentEvent event = peek();
        if (event == null) {
          throw new NoSuchElementException("the stream has ended");
        }
        return ready.remove();
      }
    };
  }

  private @Nullable ServerSentEvent peek() {
    try {
      while (ready.isEmpty() && !ended) {
        read();
      }
    } catch (IOException e) {
      throw new ConnectionException(e, Reason.CONTENT_SENT, attempts());
    }
    ServerSentEvent next = ready.peek();
    if (next == null || next.data().strip().equals("[DONE]")) {
      ended = true;
      ready.clear();
      return null;
    }
    if (FirstContent.of(next) instanceof FirstContent.Failed failed) {
      throw new AnsweredException(
          new ReceivedAnswer(status(), headers(), new byte[0]),
          failed.error(),
          null,
          Reason.CONTENT_SENT,
          attempts());
    }
    return next;
  }

  private void read() throws IOException {
    byte[] bytes = new byte[READ_BYTES];
    int length = response.body().read(bytes);
    if (length < 0) {
      ended = true;
    } else {
      parser.feed(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    }
  }

  @Override
  public void close() {
    response.close();
  }
}
