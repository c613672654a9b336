package dev.forebay.server.http;

import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Place;
import dev.forebay.pipeline.Request;
import dev.forebay.server.openai.Edits;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A call that came over HTTP: its head and body on the way in, its reply on the way out.
public final class HttpCall extends Call {
  private final NettyLoop loop;
  private final HttpRequest head;
  private final String path;
  private final Body body;
  private final Edits edits;
  private final Reply reply;
  private final InetAddress address;
  private final Duration queueProgress;
  private final long deadlineNanos;
  private Sweep.@Nullable Swept limits;

  /// @param queueProgress time between comments that tell the caller where its call stands while it
  ///   waits; zero for none
  HttpCall(
      String id,
      NettyLoop loop,
      Request request,
      Caller caller,
      long arrivedNanos,
      HttpRequest head,
      String path,
      Body body,
      Edits edits,
      Reply reply,
      InetAddress address,
      Duration queueProgress) {
    super(id, loop, request, caller, arrivedNanos);
    this.loop = loop;
    this.head = head;
    this.path = path;
    this.body = body;
    this.edits = edits;
    this.reply = reply;
    this.address = address;
    this.queueProgress = queueProgress;
    this.deadlineNanos = Deadline.of(head.headers(), arrivedNanos);
  }

  public NettyLoop nettyLoop() {
    return loop;
  }

  public HttpMethod method() {
    return head.method();
  }

  public HttpHeaders headers() {
    return head.headers();
  }

  /// What is asked of the replica, query included.
  public String path() {
    return path;
  }

  public Body body() {
    return body;
  }

  /// What may be edited in the body, where it is held.
  public Edits edits() {
    return edits;
  }

  @Override
  public boolean renames() {
    return edits.renames();
  }

  @Override
  public boolean bounds() {
    return edits.bounds();
  }

  public Reply reply() {
    return reply;
  }

  /// From where the call came, as far as trusted proxies tell it.
  public InetAddress address() {
    return address;
  }

  /// When the caller wants its first content at the latest, as told by `x-deadline-ms`; or
  /// `Progress.NEVER` if it told nothing.
  @Override
  public long deadlineNanos() {
    return deadlineNanos;
  }

  @Override
  public void waits(Supplier<@Nullable Place> now) {
    super.waits(now);
    if (queueProgress.isPositive()) {
      var told = new QueueProgress(this, now, queueProgress);
      limits(told);
      told.begin();
    }
  }

  /// Sets who looks after the time limits of this call, in place of who did before.
  public void limits(Sweep.@Nullable Swept limits) {
    this.limits = limits;
  }

  void sweep(long now) {
    if (limits != null) {
      limits.sweep(now);
    }
  }
}
