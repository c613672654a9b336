package dev.forebay.server.upstream;

import dev.forebay.pipeline.Progress;
import dev.forebay.server.http.HttpCall;
import dev.forebay.server.http.OwnLines;
import dev.forebay.server.http.Reply;
import dev.forebay.server.http.Reply.Ending;
import dev.forebay.server.openai.AnswerScanner;
import dev.forebay.server.openai.UsageEventFilter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Passes the body of an answer from a replica to the caller.
/*
 * A body goes through three states.
 *
 * Holding. Bytes are kept and only looked at, until there is content that ends where an event and a
 * chunk end, or a plain answer is whole or 64 KiB long. Until then nothing was sent, and all can be
 * thrown away.
 *
 * Passing. Received buffers are sent on as they are, chunk framing included, up to the last place where
 * both an event and a chunk end; the rest waits for the next read. Engines write whole events in whole
 * chunks, so there nearly always is no rest, and the bytes are never copied or framed anew.
 *
 * Ended. Whole if the framing ended and the content did (a finish reason, [DONE], a complete JSON
 * value); broken otherwise. The last chunk is sent only then, so a broken stream never looks complete.
 *
 * Where the caller cannot be given the replica's framing (it speaks HTTP/1.0, the replica closes to end,
 * or a chunked head is out already), the payload is framed anew. So it is for the tail of a stream whose usage
 * was asked for and whose caller did not ask: from the read on in which the model says why it stopped, behind
 * which the event that tells only usage comes. Until then nothing is done to such a stream.
 */
final class Splice implements BodyWalker.Payload {
  private static final int HOLD_PLAIN = 64 * 1024;
  private static final int HOLD_STREAM = 256 * 1024;
  private static final int LONGEST_REST = 64 * 1024;

  private final HttpCall call;
  private final Reply reply;
  private final BodyWalker walker = new BodyWalker();
  private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>(2);
  private @Nullable ResponseHead head;
  private @Nullable AnswerScanner scanner;
  private @Nullable ByteBuf unframed;
  private Framing framing = Framing.NONE;
  private long keptBytes;
  private boolean passing;
  private boolean ended;
  private long now;

  // where the caller did not ask for the usage that the replica was asked for
  private boolean dropsUsage;
  private boolean torn;
  private @Nullable UsageEventFilter tail;

  // within the buffer that is being walked
  private int cut;
  private boolean contentBeforeCut;

  enum State {
    MORE,
    WHOLE,
    BROKEN
  }

  Splice(HttpCall call) {
    this.call = call;
    this.reply = call.reply();
  }

  /// @param scanner reads the content; null for answers that are passed on without being understood
  /// @param dropsUsage whether to keep from the caller the event that tells only usage
  void begin(
      ResponseHead answer, @Nullable AnswerScanner scanner, boolean headOnly, boolean dropsUsage)
      throws BadResponse {
    this.dropsUsage = dropsUsage && scanner != null && answer.eventStream();
    this.head = answer;
    framing = answer.framing(headOnly);
    this.scanner = framing == Framing.NONE ? null : scanner;
    walker.start(framing, answer.contentLength());
  }

  int status() {
    return head().status();
  }

  /// Whether the connection may carry another exchange.
  boolean persistent() {
    return head().keepAlive() && framing != Framing.CLOSE;
  }

  /// Whether the answer is whole only when the connection closes.
  boolean endsByClose() {
    return framing == Framing.CLOSE && !ended;
  }

  /// Whether the replica ended its answer for want of capacity.
  boolean starved() {
    return scanner != null && scanner.starved();
  }

  /// Takes what arrived. All of it that belongs to the answer is read from the buffer.
  State pass(ByteBuf in) throws BadResponse {
    now = call.loop().nanoTime();
    int from = in.readerIndex();
    cut = from;
    contentBeforeCut = false;
    boolean unframe =
        tail != null
            || (framing == Framing.CHUNKED
                && (reply.streamEnding() != Ending.CHUNKED || reply.headOnly()));
    unframed = unframe ? Unpooled.EMPTY_BUFFER : null;
    int end = walker.walk(in, from, in.writerIndex(), this);
    in.readerIndex(end);
    boolean finished = walker.finished();
    if (tailBegins()) {
      unframed = payloadSinceCut(in, from, end, unframed);
      tail = new UsageEventFilter(in.alloc());
    }
    if (unframed != null) {
      ByteBuf payload = unframed;
      unframed = null;
      return tail != null
          ? passTail(tail.pass(payload), finished)
          : passUnframed(payload, finished);
    }
    return pass(in, from, end, finished);
  }

  private State passUnframed(ByteBuf payload, boolean finished) {
    try {
      int length = payload.readableBytes();
      boolean between = scanner == null || scanner.betweenEvents();
      cut = between ? length : 0;
      contentBeforeCut = between && scanner != null && scanner.content();
      return pass(payload, 0, length, finished);
    } finally {
      payload.release();
    }
  }

  /// Whether the event that tells only usage may come from here on: the model has finished. Never
  /// in the middle of an event.
  private boolean tailBegins() {
    return dropsUsage && tail == null && !torn && scanner != null && scanner.finished() && !bad();
  }

  /// What has not been sent yet, without the framing of chunks.
  ///
  /// @param unframed of what just came; null if it has its framing still
  private ByteBuf payloadSinceCut(ByteBuf in, int from, int end, @Nullable ByteBuf unframed)
      throws BadResponse {
    kept.add(unframed != null ? unframed : in.retainedSlice(from, end - from));
    boolean framed = unframed == null && framing == Framing.CHUNKED;
    // What is kept begins where a chunk begins.
    BodyWalker again = new BodyWalker();
    again.start(framed ? Framing.CHUNKED : Framing.CLOSE, 0);
    ByteBuf payload = in.alloc().buffer((int) keptBytes + end - from);
    for (ByteBuf part : kept) {
      again.walk(part, part.readerIndex(), part.writerIndex(), new PayloadOf(payload));
    }
    dropKept();
    return payload;
  }

  private record PayloadOf(ByteBuf out) implements BodyWalker.Payload {
    @Override
    public void payload(ByteBuf in, int from, int to) {
      out.writeBytes(in, from, to - from);
    }

    @Override
    public void boundary(int index) {}
  }

  /// Passes on the whole events of a stream's tail; at its end what came behind them too.
  private State passTail(ByteBuf events, boolean finished) {
    try {
      boolean between =
          tail == null || !tail.gaveUp() || (scanner != null && scanner.betweenEvents());
      cut = between && !bad() ? events.readableBytes() : 0;
      contentBeforeCut = cut > 0 && scanner != null && scanner.content();
      if (finished && tail != null) {
        events.writeBytes(tail.rest());
      }
      return pass(events, 0, events.readableBytes(), finished);
    } finally {
      events.release();
    }
  }

  private boolean bad() {
    return scanner != null && (scanner.failed() || scanner.starved() || scanner.broken());
  }

  /// The connection closed behind an answer that ends so.
  State closed() {
    ended = true;
    cut = 0;
    if (tail != null) {
      return passTail(tail.pass(Unpooled.EMPTY_BUFFER), true);
    }
    return pass(Unpooled.EMPTY_BUFFER, 0, 0, true);
  }

  private State pass(ByteBuf in, int from, int end, boolean finished) {
    ended |= finished;
    boolean bad = bad();
    if (finished && !bad && good()) {
      if (!passing) {
        commit(true, end - from);
      }
      sendKept();
      send(in, from, end);
      if (reframes()) {
        reply.end();
      }
      reply.contentIsSent();
      return State.WHOLE;
    }
    if (!passing && mayCommit(end - from) && !(bad && !contentBeforeCut)) {
      commit(false, 0);
    }
    if (!passing) {
      if (!finished && !bad) {
        keep(in, from, end);
      }
    } else {
      sendUpToCut(in, from, bad || finished ? cut : end);
    }
    return bad || finished ? State.BROKEN : State.MORE;
  }

  /// Whether what arrived is an answer, now that it has ended.
  private boolean good() {
    if (scanner == null) {
      return true;
    }
    return !scanner.blank() && (scanner.finished() || scanner.done());
  }

  private boolean mayCommit(int arrived) {
    if (scanner == null) {
      return true;
    }
    long held = keptBytes + arrived;
    return head().eventStream()
        ? contentBeforeCut || held > HOLD_STREAM
        : held > HOLD_PLAIN && !scanner.blank();
  }

  private void commit(boolean whole, int arrived) {
    passing = true;
    if (reply.committed()) {
      return;
    }
    Ending ending;
    long length = 0;
    switch (framing) {
      case NONE -> ending = Ending.NONE;
      case LENGTH -> {
        // A stream of known length is chunked for the caller, so that an error can still be told in
        // it.
        ending = head().eventStream() ? reply.streamEnding() : Ending.LENGTH;
        length = head().contentLength();
      }
      case CHUNKED -> ending = reply.streamEnding();
      case CLOSE -> {
        ending = whole ? Ending.LENGTH : reply.streamEnding();
        length = keptBytes + arrived;
      }
      default -> throw new IllegalStateException(framing.toString());
    }
    call.status(status());
    reply.commit(head()::copyTo, OwnLines.of(call), ending, length);
  }

  /// Whether the payload gets new framing, rather than the replica's being passed on.
  private boolean reframes() {
    return tail != null || framing != Framing.CHUNKED || reply.ending() != Ending.CHUNKED;
  }

  private void keep(ByteBuf in, int from, int end) {
    if (scanner != null && scanner.blank() && cut == end && head().eventStream()) {
      // Nothing but comments so far, and they end here: they have told what they had to tell.
      dropKept();
    } else if (end > from) {
      kept.add(in.retainedSlice(from, end - from));
      keptBytes += end - from;
    }
  }

  private void sendUpToCut(ByteBuf in, int from, int end) {
    if (cut > from || scanner == null || !head().eventStream()) {
      int upTo = scanner == null || !head().eventStream() ? end : cut;
      sendKept();
      send(in, from, upTo);
      reply.contentIsSent();
      reply.whole(true);
      torn = false;
      from = upTo;
    }
    if (end > from) {
      kept.add(in.retainedSlice(from, end - from));
      keptBytes += end - from;
      if (keptBytes > LONGEST_REST) {
        sendKept();
        reply.whole(false);
        torn = true;
      }
    }
  }

  private void sendKept() {
    for (ByteBuf part = kept.poll(); part != null; part = kept.poll()) {
      write(part);
    }
    keptBytes = 0;
  }

  private void send(ByteBuf in, int from, int end) {
    if (end > from) {
      write(in.retainedSlice(from, end - from));
    }
  }

  private void write(ByteBuf bytes) {
    if (reframes()) {
      reply.payload(bytes);
    } else {
      reply.raw(bytes);
    }
  }

  private void dropKept() {
    kept.forEach(ByteBuf::release);
    kept.clear();
    keptBytes = 0;
  }

  void close() {
    dropKept();
    if (tail != null) {
      tail.close();
      tail = null;
    }
  }

  // told by the walker

  @Override
  public void payload(ByteBuf in, int from, int to) {
    if (scanner != null) {
      Progress progress = call.progress();
      scanner.scan(in, from, to, progress, now);
    }
    if (unframed != null) {
      unframed = joined(unframed, in.retainedSlice(from, to - from));
    }
  }

  private static ByteBuf joined(ByteBuf front, ByteBuf back) {
    if (!front.isReadable()) {
      return back;
    }
    CompositeByteBuf both =
        front instanceof CompositeByteBuf begun
            ? begun
            : back.alloc().compositeBuffer(1024).addComponent(true, front);
    return both.addComponent(true, back);
  }

  @Override
  public void boundary(int index) {
    if (scanner == null) {
      cut = index;
    } else if (scanner.betweenEvents() && !scanner.failed() && !scanner.starved()) {
      cut = index;
      contentBeforeCut = scanner.content();
    }
  }

  /// What is wrong with an answer that is not whole, in words.
  String complaint() {
    if (scanner == null) {
      return "broke off its answer";
    }
    if (scanner.starved()) {
      return "ran out of resources";
    }
    if (scanner.failed()) {
      String message = scanner.errorMessage();
      return "answered " + status() + " with an error" + (message == null ? "" : ": " + message);
    }
    if (scanner.blank()) {
      return "answered " + status() + " with nothing";
    }
    if (scanner.broken()) {
      return "answered " + status() + " with what is no answer";
    }
    return scanner.content() ? "broke off its answer" : "answered " + status() + " without content";
  }

  private ResponseHead head() {
    return Objects.requireNonNull(head);
  }
}
