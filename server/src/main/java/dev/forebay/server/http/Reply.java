package dev.forebay.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The caller's side of one answer: nothing is sent before it is committed, and what is sent then
/// is sent once. Belongs to the call's loop.
public abstract class Reply {
  private static final ByteBuf KEEP_ALIVE =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer(": keep-alive\n\n", StandardCharsets.US_ASCII).asReadOnly());
  private static final HeadLines STREAM_HEAD =
      out ->
          ByteBufUtil.writeAscii(
              out,
              "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n");

  /// How the body's end is told to the caller.
  public enum Ending {
    LENGTH,
    CHUNKED,
    /// The connection closes behind it.
    CLOSE,
    /// By the frames of HTTP/2.
    FRAMES,
    /// There is no body.
    NONE
  }

  private final boolean headOnly;
  private Ending ending = Ending.NONE;
  private boolean committed;
  private boolean contentSent;
  private boolean whole = true;
  private @Nullable Runnable onWritable;

  Reply(boolean headOnly) {
    this.headOnly = headOnly;
  }

  /// How the end of a body of unknown length is told to this caller.
  public abstract Ending streamEnding();

  /// Whether the caller asked for the head only.
  public final boolean headOnly() {
    return headOnly;
  }

  /// Whether a status was sent, after which it can no longer be changed.
  public final boolean committed() {
    return committed;
  }

  /// How the body's end is told; fixed by the commit.
  public final Ending ending() {
    return ending;
  }

  /// Whether content reached the caller, after which no other replica may take over.
  public final boolean contentSent() {
    return contentSent;
  }

  public final void contentIsSent() {
    contentSent = true;
  }

  /// Says whether what was sent so far ends where an event and a chunk end, so that something else
  /// may follow.
  public final void whole(boolean whole) {
    this.whole = whole;
  }

  /// Sends the head of an answer.
  ///
  /// @param lines status line and end-to-end headers
  /// @param ownLines the gateway's own header lines
  /// @param ending how the body's end is told
  /// @param length bytes of the body where `ending` is LENGTH
  public final void commit(HeadLines lines, String ownLines, Ending ending, long length) {
    this.ending = ending;
    committed = true;
    head(lines, ownLines, length);
  }

  /// Sends an answer of the gateway's own, head and body.
  final void answer(HeadLines lines, String ownLines, byte[] body) {
    ending = Ending.LENGTH;
    committed = true;
    whole(lines, ownLines, body);
  }

  void whole(HeadLines lines, String ownLines, byte[] body) {
    head(lines, ownLines, body.length);
    payload(Unpooled.wrappedBuffer(body));
  }

  /// Commits to an event stream before any replica gave content; a comment is to follow.
  public final void commitStream(String ownLines) {
    commit(STREAM_HEAD, ownLines, streamEnding(), -1);
  }

  /// Sends a comment that callers ignore and that keeps what stands between awake.
  public final void keepAlive() {
    comment(KEEP_ALIVE.duplicate());
  }

  /// Sends a comment, which no client takes for content. Takes over the reference.
  final void comment(ByteBuf comment) {
    payload(comment);
    flush();
  }

  abstract void head(HeadLines lines, String ownLines, long length);

  /// Sends bytes as they are, chunk framing included; only where the ending is CHUNKED, or framing
  /// and payload are the same. Takes over the reference.
  public abstract void raw(ByteBuf bytes);

  /// Sends bytes of the body, framed as the head promised. Takes over the reference.
  public abstract void payload(ByteBuf bytes);

  /// Sends the end of the body where framing tells it; to be left out where the replica's own last
  /// chunk was passed on.
  public abstract void end();

  public abstract void flush();

  /// Whether the caller takes bytes as fast as they come.
  public abstract boolean writable();

  /// Says that what carries this answer shall carry no further one.
  abstract void closeBehind();

  /// Sets who is told when a slow caller has caught up.
  public final void onWritable(@Nullable Runnable onWritable) {
    this.onWritable = onWritable;
  }

  final void caughtUp() {
    if (onWritable != null) {
      onWritable.run();
    }
  }

  /// Whether an error can still be told in the stream.
  final boolean canTellMore() {
    return whole && ending != Ending.LENGTH;
  }
}
