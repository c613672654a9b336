package dev.forebay.server.openai;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Progress;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Understands an answer as it passes: whether there is content yet, whether the model finished,
/// what was used and what went wrong. One for each attempt.
///
/// It looks at the payload behind the transfer's framing, in whatever pieces that arrives, and
/// keeps some 700 bytes of state and no bytes of the answer but an error's message. What it says
/// depends on the bytes alone, not on how they were split. A stream's event counts when its line of
/// data has ended.
///
/// Of a passed-through answer nothing is known, so any byte of it is content and none is broken.
///
/// Not safe for several threads. Cost: some tens of nanoseconds for an event of a chat stream that
/// is like the one before it but for its text, a few hundred for others, and no allocation.
public final class AnswerScanner {
  private static final int SCRATCH_BYTES = 8 * 1024;
  private static final ThreadLocal<byte[]> SCRATCH =
      ThreadLocal.withInitial(() -> new byte[SCRATCH_BYTES]);
  private static final int MAX_MESSAGE_CHARS = 200;
  private static final byte[] DONE = "[DONE]".getBytes(US_ASCII);
  private static final byte[] LINE_END = {'\n'};
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private static final int NOT_DONE = -1;

  private final boolean understood;
  private final Findings findings = new Findings();
  private final JsonScanner json = new JsonScanner(findings);
  private final LikeLast likeLast = new LikeLast();
  private final @Nullable SseScanner events;

  // of the event under way: how much of [DONE] its data is so far, or NOT_DONE
  private int doneBytes;
  private boolean data;
  private boolean counted;
  private boolean noted;
  private int markBytes;

  private boolean started;
  private boolean content;
  private boolean done;
  private boolean failed;
  private boolean broken;

  /// @param stream whether the answer is a stream of server-sent events, else one JSON document
  public AnswerScanner(Operation operation, boolean stream) {
    understood = operation != Operation.PASS_THROUGH;
    findings.listenTo(json);
    events = stream ? new SseScanner(new Events()) : null;
  }

  /// @param made told the id of what the answer says was made, before whoever asked is told
  public AnswerScanner(Operation operation, boolean stream, Consumer<String> made) {
    this(operation, stream);
    findings.tellOfMade(made);
  }

  private @Nullable Progress progress;
  private long now;

  /// Reads on through the bytes [from, to) of the buffer, whose indices stay as they are.
  ///
  /// @param progress told of content, keep-alives and usage
  /// @param now the loop's clock
  public void scan(ByteBuf in, int from, int to, Progress progress, long now) {
    this.progress = progress;
    this.now = now;
    if (in.hasArray()) {
      scan(in.array(), in.arrayOffset() + from, in.arrayOffset() + to);
    } else {
      // one copy within the processor's cache costs less than a checked read of each byte
      byte[] scratch = SCRATCH.get();
      for (int at = from; at < to; ) {
        int bytes = Math.min(scratch.length, to - at);
        in.getBytes(at, scratch, 0, bytes);
        scan(scratch, 0, bytes);
        at += bytes;
      }
    }
    this.progress = null;
  }

  private void scan(byte[] bytes, int from, int to) {
    if (events != null) {
      events.scan(bytes, from, to);
    } else {
      plain(bytes, from, to);
    }
  }

  private void plain(byte[] bytes, int from, int to) {
    int at = started ? from : leadingSpace(bytes, from, to);
    if (at == to) {
      return;
    }
    started = true;
    json.scan(bytes, at, to);
    if (!content && (findings.content() || !understood)) {
      content = true;
      progress().delta(now);
    }
    if (findings.usage()) {
      progress().usage(findings.promptTokens(), findings.completionTokens());
    }
    failed |= findings.failed();
    broken |= json.broken() && understood;
  }

  private int leadingSpace(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      switch (bytes[at]) {
        case ' ', '\t', '\n' -> progress().keepAlive();
        case '\r' -> {}
        default -> {
          if (markBytes == MARK.length || bytes[at] != MARK[markBytes]) {
            return at;
          }
          markBytes++;
        }
      }
      at++;
    }
    return at;
  }

  private Progress progress() {
    if (progress == null) {
      throw new IllegalStateException("nothing is being scanned");
    }
    return progress;
  }

  /// What a stream's parts mean.
  private final class Events implements SseScanner.Sink {
    @Override
    public void data(byte[] bytes, int from, int to) {
      int at = from;
      if (doneBytes != NOT_DONE) {
        at = afterDone(bytes, from, to);
        if (at == to) {
          return;
        }
      }
      boolean first = !data;
      data = true;
      started = true;
      if (first && likeLast.is(bytes, at, to)) {
        json.passOver();
        findings.contentAgain();
        return;
      }
      json.scan(bytes, at, to);
      if (first && json.complete() && findings.onlyContent()) {
        likeLast.learn(bytes, at, to);
      }
    }

    // passes over what can be white space around [DONE] or a part of it
    private int afterDone(byte[] bytes, int from, int to) {
      int at = from;
      while (at < to) {
        boolean blank = bytes[at] == ' ' || bytes[at] == '\t';
        if (doneBytes < DONE.length && bytes[at] == DONE[doneBytes]) {
          doneBytes++;
          data = true;
          started = true;
        } else if (!blank || (doneBytes > 0 && doneBytes < DONE.length)) {
          json.scan(DONE, 0, doneBytes);
          doneBytes = NOT_DONE;
          return at;
        }
        at++;
      }
      return at;
    }

    @Override
    public void dataLine() {
      if (doneBytes == DONE.length) {
        done = true;
      } else if (doneBytes == NOT_DONE) {
        if (json.complete() && !counted) {
          counted = true;
          count();
        }
        // lines of one event's data are joined by a line end
        json.scan(LINE_END, 0, 1);
      }
      failed |= data && errorEvent();
    }

    private void count() {
      if (findings.content() || !understood) {
        content = true;
        progress().delta(now);
      }
      if (findings.usage()) {
        progress().usage(findings.promptTokens(), findings.completionTokens());
      }
      if (findings.ping()) {
        progress().keepAlive();
      }
      done |= findings.last();
      failed |= findings.failed();
    }

    @Override
    public void event(boolean fields) {
      if (data) {
        boolean error = errorEvent();
        failed |= error;
        broken |= understood && !error && doneBytes != DONE.length && !json.complete();
      } else if (!noted) {
        progress().keepAlive();
      }
      if (data) {
        json.reset();
        findings.nextDocument();
      }
      doneBytes = 0;
      data = false;
      counted = false;
      noted = false;
    }

    private boolean errorEvent() {
      return events != null && events.errorEvent();
    }

    @Override
    public void comment() {
      noted = true;
      progress().keepAlive();
    }

    @Override
    public void rubbish() {
      noted = true;
      started = true;
      broken |= understood;
    }
  }

  /// Whether something else could be put here: a stream stands exactly behind an event or a comment
  /// or at its start; a plain answer is complete.
  public boolean betweenEvents() {
    return events != null ? events.betweenEvents() : json.complete();
  }

  /// Whether any content came: text, reasoning, refusal, tool call or audio, of any choice, or an
  /// embedding. Roles and empty strings are none.
  public boolean content() {
    return content;
  }

  /// Whether any data came at all, content or not.
  public boolean started() {
    return started;
  }

  /// Whether the model said that, and why, it stopped; or a plain answer is complete.
  public boolean finished() {
    return findings.finished() || (events == null && json.complete() && findings.answer());
  }

  /// Whether the stream said that nothing more comes.
  public boolean done() {
    return done;
  }

  /// Whether the answer is an error, or became one.
  public boolean failed() {
    return failed;
  }

  /// Whether the model stopped because the engine ran out of room.
  public boolean starved() {
    return findings.starved();
  }

  /// The error's own words, at most 200 characters; null if there are none.
  public @Nullable String errorMessage() {
    byte[] message = findings.errorMessage();
    return message == null ? null : JsonText.decode(message, MAX_MESSAGE_CHARS);
  }

  /// Whether the answer is not what its operation answers: no JSON, or no events.
  public boolean broken() {
    return broken;
  }

  /// Whether nothing but white space and comments came so far.
  public boolean blank() {
    return !started;
  }
}
