package dev.forebay.server.http;

import static java.util.Objects.requireNonNull;

import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Request;
import dev.forebay.server.openai.InvalidBody;
import dev.forebay.server.openai.RequestScanner;
import dev.forebay.server.openai.Scanned;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of a caller: reads requests one after another, makes calls of them, and answers
/// what no replica answers.
///
/// A request that is sent before the one in front of it was answered waits unread. Belongs to its
/// loop.
final class ClientConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);
  private static final long NEVER = Long.MIN_VALUE;

  private final HttpListener listener;
  private final NettyLoop loop;
  private final HttpConfig config;
  private final ArrayDeque<Object> early = new ArrayDeque<>(2);
  private final Sweep.Swept limits = new Limits();

  private @Nullable ChannelHandlerContext ctx;
  private Phase phase = Phase.IDLE;
  private long sinceNanos;
  private long headSinceNanos = NEVER;

  // of the request that is being read or answered
  private @Nullable HttpRequest head;
  private Route.@Nullable ToPool route;
  private @Nullable RequestBody reading;
  private Body.@Nullable Passing passing;
  private @Nullable HttpCall call;
  private boolean bodyRead;

  private enum Phase {
    /// Waits for a request, or for the rest of its head.
    IDLE,
    /// Reads a body that will be held.
    BODY,
    /// A call is under way, whose body may still pass through.
    CALL,
    /// Nothing more is read; the connection closes behind what is being written.
    CLOSING
  }

  ClientConnection(HttpListener listener, NettyLoop loop) {
    this.listener = listener;
    this.loop = loop;
    this.config = listener.config();
  }

  // reading

  @Override
  public void channelActive(ChannelHandlerContext context) {
    ctx = context;
    sinceNanos = loop.nanoTime();
    loop.sweep().add(limits);
    listener.opened(this, loop);
  }

  void bytesArrived() {
    if (phase == Phase.IDLE && headSinceNanos == NEVER) {
      headSinceNanos = loop.nanoTime();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    boolean ofLaterRequest = phase == Phase.CALL && bodyRead;
    if (phase == Phase.CLOSING) {
      ReferenceCountUtil.release(message);
    } else if (ofLaterRequest || !early.isEmpty()) {
      early.add(message);
      context.channel().config().setAutoRead(false);
    } else {
      read(message);
    }
  }

  private void read(Object message) {
    if (message instanceof HttpRequest request) {
      begin(request);
    }
    // Separately: what the decoder makes of a broken request is a head and a last content in one.
    if (message instanceof HttpContent content) {
      part(content);
    }
  }

  private void begin(HttpRequest request) {
    head = request;
    bodyRead = false;
    passing = null;
    reading = null;
    sinceNanos = loop.nanoTime();
    if (headSinceNanos == NEVER) {
      headSinceNanos = sinceNanos;
    }
    if (request.decoderResult().isFailure()) {
      Throwable cause = request.decoderResult().cause();
      refuse(
          Operation.PASS_THROUGH,
          Cause.INVALID_REQUEST,
          "malformed request: " + cause.getMessage());
      return;
    }
    switch (Route.of(request.method(), request.uri())) {
      case Route.ToPool toPool -> beginCall(request, toPool);
      case Route.Models(var id) -> {
        route = null;
        phase = Phase.BODY;
        String refusal = listener.door().refusal(request, false);
        if (refusal != null) {
          refuse(Operation.PASS_THROUGH, Cause.FORBIDDEN, refusal);
        } else {
          answerModels(id);
        }
      }
      case Route.WrongMethod(String allowed) -> answerWrongMethod(request, allowed);
    }
  }

  private void beginCall(HttpRequest request, Route.ToPool toPool) {
    route = toPool;
    Operation operation = toPool.operation();
    boolean json = operation != Operation.PASS_THROUGH;
    String refusal = listener.door().refusal(request, json);
    if (refusal != null) {
      refuse(operation, Cause.FORBIDDEN, refusal);
    } else if (listener.draining()) {
      refuse(operation, new Shed(Reason.DRAINING, Duration.ofSeconds(1)));
    } else if (json && encoded(request)) {
      refuse(
          operation,
          Cause.UNSUPPORTED_ENCODING,
          "Content-Encoding "
              + request.headers().get(HttpHeaderNames.CONTENT_ENCODING)
              + " is not supported; send the body as it is");
    } else {
      phase = Phase.BODY;
      if (HttpUtil.is100ContinueExpected(request)) {
        context()
            .writeAndFlush(
                Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII));
      }
      if (json) {
        reading = new RequestBody(listener.bodies(), config.maxHeldBody(), context().alloc());
      } else {
        enter(passThrough(toPool), pass());
      }
    }
  }

  private static boolean encoded(HttpRequest request) {
    String encoding = request.headers().get(HttpHeaderNames.CONTENT_ENCODING);
    return encoding != null && !encoding.equalsIgnoreCase("identity");
  }

  private void part(HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    bodyRead |= last;
    if (content.decoderResult().isFailure() && phase != Phase.CLOSING) {
      content.release();
      brokenBody(content.decoderResult().cause());
      return;
    }
    if (reading != null) {
      switch (reading.add(content.content())) {
        case HELD -> {
          sinceNanos = loop.nanoTime();
          if (last) {
            scan(reading);
          }
        }
        case TOO_LARGE -> passOn(reading, last);
        case NO_ROOM -> refuse(operation(), new Shed(Reason.BODIES_FULL, Duration.ofSeconds(1)));
      }
    } else if (passing != null) {
      passing.part(content.content());
      if (last) {
        passing.last();
      }
    } else {
      content.release();
    }
    if (last && phase == Phase.CLOSING) {
      bodyRead = true;
    }
  }

  private void brokenBody(Throwable cause) {
    if (call != null) {
      Reply reply = call.reply();
      reply.closeBehind();
      call.abandon(
          new Failed(
              Cause.INVALID_REQUEST, reply.contentSent(), "malformed body: " + cause.getMessage()));
    } else {
      refuse(operation(), Cause.INVALID_REQUEST, "malformed body: " + cause.getMessage());
    }
  }

  /// The body is whole: read what decisions need, and enter.
  private void scan(RequestBody body) {
    try {
      Scanned scanned = RequestScanner.scan(operation(), body.bytes());
      reading = null;
      enter(rename(scanned, body), body);
    } catch (InvalidBody invalid) {
      refuse(operation(), Cause.INVALID_REQUEST, String.valueOf(invalid.getMessage()));
    }
  }

  /// The body is too large to hold: read what its beginning tells, and let the rest pass through.
  private void passOn(RequestBody body, boolean last) {
    Scanned scanned = RequestScanner.scanPrefix(operation(), body.bytes());
    if (scanned == null) {
      refuse(
          operation(),
          Cause.TOO_LARGE,
          "the body is larger than "
              + config.maxHeldBody()
              + " bytes and names no model before that; put \"model\" first");
      return;
    }
    Request request = rename(scanned, body);
    reading = null;
    Body.Passing rest = pass();
    enter(request, rest);
    rest.part(body.handOver());
    if (last) {
      rest.last();
    }
  }

  private Request rename(Scanned scanned, RequestBody body) {
    Request request = scanned.request();
    String served = listener.entrance().aliases().apply(request.model());
    if (served.equals(request.model())) {
      return request;
    }
    ByteBuf name = context().alloc().buffer(served.length() + 2);
    ByteBufUtil.writeUtf8(name, JsonText.quoted(served));
    body.replace(scanned.modelFrom(), scanned.modelTo(), name);
    return request.forModel(served);
  }

  private Body.Passing pass() {
    HttpRequest request = requireNonNull(head);
    long length =
        HttpUtil.isTransferEncodingChunked(request) ? -1 : HttpUtil.getContentLength(request, 0L);
    passing = new Body.Passing(length, open -> context().channel().config().setAutoRead(open));
    return passing;
  }

  private static Request passThrough(Route.ToPool route) {
    return new Request(
        route.operation(),
        "",
        false,
        false,
        0,
        1,
        Request.Prompt.NONE,
        null,
        null,
        Double.NaN,
        false,
        false);
  }

  private void enter(Request request, RequestBody body) {
    HttpCall made = make(request, new Body.Whole(body.bytes()));
    made.hold(body);
    start(made);
  }

  private void enter(Request request, Body.Passing body) {
    HttpCall made = make(request, body);
    made.hold(body::close);
    start(made);
  }

  private void start(HttpCall made) {
    call = made;
    phase = Phase.CALL;
    made.onEnd(outcome -> ended(made, outcome));
    listener.entrance().path().proceed(made);
  }

  private HttpCall make(Request request, Body body) {
    HttpRequest message = requireNonNull(head);
    boolean http10 = message.protocolVersion().equals(HttpVersion.HTTP_1_0);
    Reply reply =
        new Reply(
            context().channel(),
            http10,
            message.method().equals(HttpMethod.HEAD),
            HttpUtil.isKeepAlive(message) && !listener.draining());
    String path = route == null ? message.uri() : route.path();
    return new HttpCall(
        CallIds.of(message.headers()), loop, request, headSinceNanos, message, path, body, reply);
  }

  // answering

  private void refuse(Operation operation, Cause cause, String detail) {
    refuse(operation, new Failed(cause, false, detail));
  }

  /// Ends a request at the door: it becomes a call that is counted and goes no further.
  private void refuse(Operation operation, Outcome outcome) {
    RequestBody held = reading;
    reading = null;
    Request request =
        new Request(
            operation,
            "",
            false,
            false,
            0,
            1,
            Request.Prompt.NONE,
            null,
            null,
            Double.NaN,
            false,
            false);
    HttpCall refused = make(request, new Body.Whole(Unpooled.EMPTY_BUFFER));
    if (held != null) {
      refused.hold(held);
    }
    call = refused;
    phase = Phase.CALL;
    refused.onEnd(it -> ended(refused, it));
    listener.entrance().refused().accept(refused, outcome);
  }

  private void ended(HttpCall ended, Outcome outcome) {
    if (call != ended) {
      return;
    }
    Reply reply = ended.reply();
    if (!reply.committed()) {
      write(ended, Answer.to(outcome, config.overloadStatus()));
    } else if (!(outcome instanceof Served)) {
      tellInStream(ended, outcome);
    }
    finish(reply);
  }

  private void write(HttpCall ended, Answer answer) {
    Reply reply = ended.reply();
    if (!bodyRead) {
      reply.closeBehind();
    }
    StringBuilder lines = new StringBuilder(256).append(OwnLines.of(ended));
    lines.append("x-forebay-reason: ").append(answer.code()).append("\r\n");
    if (answer.retryAfter().isPositive()) {
      long millis = Math.max(1, answer.retryAfter().toMillis());
      lines.append("retry-after: ").append((millis + 999) / 1000).append("\r\n");
      lines.append("retry-after-ms: ").append(millis).append("\r\n");
    }
    json(
        reply,
        answer.status(),
        lines.toString(),
        answer.json(ended.request().operation().dialect(), ended.id()));
  }

  private static void json(Reply reply, int status, String lines, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    reply.commit(
        out -> {
          ByteBufUtil.writeAscii(out, "HTTP/1.1 " + statusLine(status));
          ByteBufUtil.writeAscii(out, "\r\ncontent-type: application/json\r\n");
        },
        lines,
        Reply.Ending.LENGTH,
        bytes.length);
    reply.payload(Unpooled.wrappedBuffer(bytes));
  }

  private static String statusLine(int status) {
    return switch (status) {
      case 499 -> "499 Client Closed Request";
      case 529 -> "529 Overloaded";
      default -> HttpResponseStatus.valueOf(status).toString();
    };
  }

  /// After the status is out, an error can only be told as an event; and where not even that is
  /// possible, a connection that breaks tells more truth than one that ends well.
  private void tellInStream(HttpCall ended, Outcome outcome) {
    Reply reply = ended.reply();
    if (ended.request().stream() && reply.canTellMore()) {
      Dialect dialect = ended.request().operation().dialect();
      String event = Answer.to(outcome, config.overloadStatus()).event(dialect, ended.id());
      reply.payload(Unpooled.copiedBuffer(event, StandardCharsets.UTF_8));
      reply.end();
    } else {
      context().close();
    }
  }

  private void answerModels(@Nullable String id) {
    ModelCatalog models = listener.entrance().models();
    String body = id == null ? models.all() : models.one(id);
    if (body == null) {
      refuse(Operation.PASS_THROUGH, Cause.UNKNOWN_MODEL, "no pool serves model " + id);
      return;
    }
    HttpRequest message = requireNonNull(head);
    Reply reply =
        new Reply(
            context().channel(),
            message.protocolVersion().equals(HttpVersion.HTTP_1_0),
            message.method().equals(HttpMethod.HEAD),
            HttpUtil.isKeepAlive(message) && !listener.draining());
    phase = Phase.CALL;
    json(reply, 200, "x-request-id: " + CallIds.of(message.headers()) + "\r\n", body);
    finish(reply);
  }

  private void answerWrongMethod(HttpRequest message, String allowed) {
    Reply reply =
        new Reply(
            context().channel(),
            message.protocolVersion().equals(HttpVersion.HTTP_1_0),
            message.method().equals(HttpMethod.HEAD),
            false);
    boolean options = message.method().equals(HttpMethod.OPTIONS);
    phase = Phase.CALL;
    String allow = "allow: " + allowed + ", OPTIONS\r\n";
    String origin = message.headers().get(HttpHeaderNames.ORIGIN);
    if (options && origin != null && listener.door().allows(origin)) {
      allow +=
          OwnLines.cors(origin)
              + "access-control-allow-methods: "
              + allowed
              + "\r\naccess-control-allow-headers: "
              + "authorization, content-type, x-deadline-ms, x-request-id\r\n";
    }
    if (options) {
      reply.commit(
          out -> ByteBufUtil.writeAscii(out, "HTTP/1.1 204 No Content\r\n"),
          allow,
          Reply.Ending.NONE,
          0);
    } else {
      Answer answer =
          new Answer(
              405,
              "invalid_request_error",
              "method_not_allowed",
              message.method() + " is not allowed here; use " + allowed,
              Duration.ZERO);
      json(reply, 405, allow, answer.json(Dialect.OPENAI, ""));
    }
    finish(reply);
  }

  /// The answer is written: get ready for the next request, or close.
  private void finish(Reply reply) {
    call = null;
    head = null;
    route = null;
    passing = null;
    headSinceNanos = NEVER;
    sinceNanos = loop.nanoTime();
    if (!reply.keepsAlive()) {
      phase = Phase.CLOSING;
      context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    reply.flush();
    phase = Phase.IDLE;
    if (early.isEmpty()) {
      context().channel().config().setAutoRead(true);
    } else {
      loop.execute(this::readEarly);
    }
  }

  private void readEarly() {
    while (!early.isEmpty() && !(phase == Phase.CALL && bodyRead)) {
      Object message = early.poll();
      if (phase == Phase.CLOSING) {
        ReferenceCountUtil.release(message);
      } else {
        read(message);
      }
    }
    if (early.isEmpty() && phase != Phase.CLOSING) {
      context().channel().config().setAutoRead(true);
    }
  }

  // the rest of a connection's life

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (call != null && context.channel().isWritable()) {
      call.reply().caughtUp();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    loop.sweep().remove(limits);
    listener.closed(this);
    phase = Phase.CLOSING;
    early.forEach(ReferenceCountUtil::release);
    early.clear();
    if (reading != null) {
      reading.close();
      reading = null;
    }
    HttpCall left = call;
    call = null;
    if (left != null) {
      left.abandon(
          new Failed(
              Cause.CLIENT_GONE, left.reply().contentSent(), "the caller closed the connection"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A reset by the caller is how many of them say goodbye; whatever else it is, the connection is
    // of no more use.
    if (!(cause instanceof IOException)) {
      LOG.error("a connection is closed because of a fault of the gateway", cause);
    }
    context.close();
  }

  /// Closes the connection once it has nothing under way.
  void drain() {
    if (phase == Phase.IDLE) {
      context().close();
    } else if (call != null) {
      call.reply().closeBehind();
    }
  }

  /// Ends what is under way: the grace period is over.
  void cut() {
    HttpCall left = call;
    if (left != null) {
      left.abandon(
          new Failed(Cause.DRAINED, left.reply().contentSent(), "the gateway is shutting down"));
    } else {
      context().close();
    }
  }

  private Operation operation() {
    return route == null ? Operation.PASS_THROUGH : route.operation();
  }

  private ChannelHandlerContext context() {
    return requireNonNull(ctx);
  }

  private final class Limits extends Sweep.Swept {
    @Override
    protected void sweep(long now) {
      switch (phase) {
        case IDLE -> {
          if (headSinceNanos != NEVER && now - headSinceNanos > config.headTimeout().toNanos()) {
            refuseSlow("head", config.headTimeout());
          } else if (now - sinceNanos > config.keepAlive().toNanos()) {
            context().close();
          }
        }
        case BODY -> {
          if (now - sinceNanos > config.bodyTimeout().toNanos()) {
            refuseSlow("body", config.bodyTimeout());
          }
        }
        case CALL -> {
          if (call != null) {
            call.sweep(now);
          }
        }
        case CLOSING -> {
          // A caller that does not take its last answer shall not keep the socket.
          if (now - sinceNanos > config.slowReader().toNanos()) {
            context().close();
          }
        }
      }
    }

    private void refuseSlow(String what, Duration limit) {
      if (head == null) {
        // Nobody knows yet what was asked, so there is nothing to count as a call.
        context().close();
      } else {
        refuse(
            operation(), Cause.REQUEST_TIMEOUT, "no more of the " + what + " came within " + limit);
      }
    }
  }
}
