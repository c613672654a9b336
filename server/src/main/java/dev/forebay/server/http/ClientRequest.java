package dev.forebay.server.http;

import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Request;
import dev.forebay.server.openai.Edits;
import dev.forebay.server.openai.InvalidBody;
import dev.forebay.server.openai.JsonText;
import dev.forebay.server.openai.RequestScanner;
import dev.forebay.server.openai.Scanned;
import dev.forebay.server.setting.Spans;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// One request of a caller, from its head to its answer: reads it, makes a call of it, and answers
/// what no replica answers. Belongs to its loop.
final class ClientRequest {
  /// As long as a collection of garbage and some answers take.
  private static final Duration FULL_FOR = Duration.ofSeconds(2);

  /// Clients that are told to wait for longer than this ignore it and come back at once.
  private static final long LONGEST_RETRY_AFTER_MILLIS = 59_000;

  private final HttpListener listener;
  private final NettyLoop loop;
  private final Entrance entrance;
  private final HttpConfig config;
  private final Carrier carrier;
  private final HttpRequest head;
  private final long bodyLength;
  private final long arrivedNanos;

  private @Nullable InetAddress address;
  private @Nullable Caller caller;
  private Route.@Nullable ToPool route;
  private @Nullable RequestBody reading;
  private Body.@Nullable Passing passing;
  private @Nullable HttpCall call;
  private @Nullable Reply reply;
  private @Nullable String blamed;
  private boolean bodyRead;
  private boolean answered;
  private long sinceNanos;

  /// @param bodyLength bytes that the head announces; 0 if there is no body, -1 if nobody knows
  /// @param arrivedNanos when its first byte came, on the loop's clock
  ClientRequest(
      HttpListener listener,
      NettyLoop loop,
      Carrier carrier,
      HttpRequest head,
      long bodyLength,
      long arrivedNanos) {
    this.listener = listener;
    this.loop = loop;
    this.entrance = listener.entrance();
    this.config = entrance.http();
    this.carrier = carrier;
    this.head = head;
    this.bodyLength = bodyLength;
    this.arrivedNanos = arrivedNanos;
    this.sinceNanos = loop.nanoTime();
  }

  // reading

  /// Decides about the head.
  void begin() {
    if (head.decoderResult().isFailure()) {
      malformed(head.decoderResult().cause());
      return;
    }
    switch (Route.of(head.method(), head.uri())) {
      case Route.ToPool toPool -> {
        route = toPool;
        if (isKnown()) {
          beginCall(toPool);
        }
      }
      case Route.Models(var id) -> {
        if (!isKnown()) {
          return;
        }
        String refusal = listener.door(entrance).refusal(head, false);
        if (refusal != null) {
          refuse(Cause.FORBIDDEN, refusal);
        } else {
          answerModels(id);
        }
      }
      case Route.WrongMethod(String allowed) -> answerWrongMethod(allowed);
    }
  }

  /// Finds out who calls; refuses the request if that is nobody who may.
  private boolean isKnown() {
    Network network = Network.of(address().getAddress());
    return switch (entrance.callers().of(head.headers(), carrier.shownKey(), network)) {
      case Callers.Found.Is(Caller is) -> {
        caller = is;
        yield true;
      }
      case Callers.Found.Refused(Cause cause, String why) -> {
        refuse(cause, why);
        yield false;
      }
    };
  }

  private InetAddress address() {
    if (address == null) {
      address = entrance.proxies().caller(carrier.peer(), head.headers());
    }
    return address;
  }

  private void beginCall(Route.ToPool toPool) {
    boolean held = toPool.operation() != Operation.PASS_THROUGH;
    boolean json = held && toPool.operation() != Operation.STORED;
    String refusal = listener.door(entrance).refusal(head, json);
    String deadline = Deadline.broken(head.headers());
    if (refusal != null) {
      refuse(Cause.FORBIDDEN, refusal);
    } else if (deadline != null) {
      refuse(Cause.INVALID_REQUEST, deadline);
    } else if (listener.draining()) {
      refuse(new Shed(Reason.DRAINING, Duration.ofSeconds(1)));
    } else if (entrance.full().getAsBoolean()) {
      refuse(new Shed(Reason.GATEWAY_FULL, FULL_FOR));
    } else if (json && encoded()) {
      refuse(
          Cause.UNSUPPORTED_ENCODING,
          "Content-Encoding "
              + head.headers().get(HttpHeaderNames.CONTENT_ENCODING)
              + " is not supported; send the body as it is");
    } else {
      if (HttpUtil.is100ContinueExpected(head)) {
        carrier.sendBody();
      }
      if (held) {
        reading = new RequestBody(listener.bodies(), config.maxHeldBody(), carrier.alloc());
      } else {
        enter(unread(), pass());
      }
    }
  }

  private boolean encoded() {
    String encoding = head.headers().get(HttpHeaderNames.CONTENT_ENCODING);
    return encoding != null && !encoding.equalsIgnoreCase("identity");
  }

  /// Takes over a part of the body, with its reference.
  ///
  /// @param last whether it is the last one
  void part(ByteBuf part, boolean last) {
    bodyRead |= last;
    if (reading != null) {
      sinceNanos = loop.nanoTime();
      carrier.taken(part.readableBytes());
      switch (reading.add(part)) {
        case HELD -> {
          if (last) {
            scan(reading);
          }
        }
        case TOO_LARGE -> passOn(reading, last);
        case NO_ROOM -> refuse(new Shed(Reason.BODIES_FULL, Duration.ofSeconds(1)));
      }
    } else if (passing != null) {
      passing.part(part, part.readableBytes());
      if (last) {
        passing.last();
      }
    } else {
      carrier.taken(part.readableBytes());
      part.release();
    }
  }

  /// The head or the body turned out to break the protocol.
  void malformed(Throwable cause) {
    String detail = "malformed request: " + cause.getMessage();
    if (call == null) {
      refuse(Cause.INVALID_REQUEST, detail);
    } else {
      closeBehind();
      call.abandon(new Failed(Cause.INVALID_REQUEST, call.reply().contentSent(), detail));
    }
  }

  /// The body is whole: read what decisions need, and enter.
  private void scan(RequestBody body) {
    if (route != null && route.stored() != null) {
      boolean idempotent = !head.method().equals(HttpMethod.POST);
      reading = null;
      enter(Request.forStored(route.stored(), idempotent), body, Edits.NONE);
      return;
    }
    try {
      Scanned scanned = RequestScanner.scan(operation(), body.bytes());
      reading = null;
      Scanned served = rename(scanned, body);
      enter(served.request(), body, served.edits());
    } catch (InvalidBody invalid) {
      blamed = invalid.param();
      refuse(Cause.INVALID_REQUEST, String.valueOf(invalid.getMessage()));
    }
  }

  /// The body is too large to hold: read what its beginning tells, and let the rest pass through.
  private void passOn(RequestBody body, boolean last) {
    if (operation() == Operation.STORED) {
      refuse(Cause.TOO_LARGE, "the body is larger than " + config.maxHeldBody() + " bytes");
      return;
    }
    Scanned scanned = RequestScanner.scanPrefix(operation(), body.bytes());
    if (scanned == null) {
      refuse(
          Cause.TOO_LARGE,
          "the body is larger than "
              + config.maxHeldBody()
              + " bytes and names no model before that; put \"model\" first");
      return;
    }
    Request request = rename(scanned, body).request();
    reading = null;
    Body.Passing rest = pass();
    enter(request, rest);
    ByteBuf start = body.handOver();
    rest.part(start, 0);
    if (last) {
      rest.last();
    }
  }

  private Scanned rename(Scanned scanned, RequestBody body) {
    Request request = scanned.request();
    String served = entrance.aliases().apply(request.model());
    if (served.equals(request.model())) {
      return scanned;
    }
    ByteBuf name = carrier.alloc().buffer(served.length() + 2);
    ByteBufUtil.writeUtf8(name, JsonText.quoted(served));
    Edits edits = scanned.edits();
    int to = edits.modelFrom() + name.readableBytes();
    body.replace(edits.modelFrom(), edits.modelTo(), name);
    return scanned.renamed(served, to);
  }

  private Body.Passing pass() {
    passing = new Body.Passing(bodyLength, carrier::flowing, carrier::taken);
    return passing;
  }

  /// What is known of a request whose body was not read.
  private Request unread() {
    return new Request(
        operation(),
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

  private void enter(Request request, RequestBody body, Edits edits) {
    HttpCall made = make(request, new Body.Whole(body.bytes()), edits);
    made.hold(body);
    start(made);
  }

  private void enter(Request request, Body.Passing body) {
    HttpCall made = make(request, body, Edits.NONE);
    made.hold(body::close);
    start(made);
  }

  private void start(HttpCall made) {
    call = made;
    made.onEnd(outcome -> ended(made, outcome));
    entrance.path().proceed(made);
  }

  private HttpCall make(Request request, Body body, Edits edits) {
    reply = carrier.reply(head);
    InetAddress from = address();
    return new HttpCall(
        CallIds.of(head.headers()),
        loop,
        request,
        caller == null ? Caller.anonymous(Network.of(from.getAddress())) : caller,
        arrivedNanos,
        head,
        route == null ? head.uri() : route.path(),
        body,
        edits,
        reply,
        from,
        queueProgress(request));
  }

  /// Only a stream has comments, and only who asks for them is told 200 before anything is known.
  private Duration queueProgress(Request request) {
    return request.stream() && "comments".equals(head.headers().get("x-forebay-queue-progress"))
        ? config.queueProgress()
        : Duration.ZERO;
  }

  // answering

  private void refuse(Cause cause, String detail) {
    refuse(new Failed(cause, false, detail));
  }

  /// Ends a request at the door: it becomes a call that is counted and goes no further.
  private void refuse(Outcome outcome) {
    RequestBody held = reading;
    reading = null;
    HttpCall refused = make(unread(), new Body.Whole(Unpooled.EMPTY_BUFFER), Edits.NONE);
    if (held != null) {
      refused.hold(held);
    }
    call = refused;
    refused.onEnd(it -> ended(refused, it));
    entrance.refused().accept(refused, outcome);
  }

  private void ended(HttpCall ended, Outcome outcome) {
    if (answered) {
      return;
    }
    Reply reply = ended.reply();
    if (!reply.committed()) {
      Answer answer = Answer.to(outcome, config.overloadStatus()).about(blamed);
      if (answer.status() == 429 || answer.retryAfter().isPositive()) {
        answer = answer.spread(ThreadLocalRandom.current());
      }
      write(ended, answer.because(ended.allowance()));
    } else if (!(outcome instanceof Served)) {
      tellInStream(ended, outcome);
    }
    finish(reply);
  }

  private void write(HttpCall ended, Answer answer) {
    ended.status(answer.status());
    StringBuilder lines = new StringBuilder(256).append(OwnLines.of(ended));
    lines.append("x-forebay-reason: ").append(answer.code()).append("\r\n");
    if (ended.request().operation().dialect() == Dialect.ANTHROPIC) {
      lines.append("request-id: ").append(ended.id()).append("\r\n"); // where its clients look
    }
    if (answer.retryAfter().isPositive()) {
      long millis = Math.ceilDiv(answer.retryAfter().toNanos(), 1_000_000L);
      lines.append("retry-after: ").append((millis + 999) / 1000).append("\r\n");
      lines.append("retry-after-ms: ").append(millis).append("\r\n");
    }
    if (ended.triedEnough() || answer.retryAfter().toMillis() > LONGEST_RETRY_AFTER_MILLIS) {
      lines.append("x-should-retry: false\r\n");
    } else if (answer.elsewhere()) {
      lines.append("x-should-retry: true\r\n");
    }
    if (answer.status() == 401) {
      lines.append("www-authenticate: Bearer\r\n");
    }
    json(
        ended.reply(),
        answer.status(),
        lines.toString(),
        answer.json(ended.request().operation().dialect(), ended.id()));
  }

  private void json(Reply reply, int status, String lines, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (!bodyRead) {
      reply.closeBehind();
    }
    reply.answer(
        out -> {
          ByteBufUtil.writeAscii(out, "HTTP/1.1 " + statusLine(status));
          ByteBufUtil.writeAscii(out, "\r\ncontent-type: application/json\r\n");
        },
        lines,
        bytes);
  }

  private static String statusLine(int status) {
    return switch (status) {
      case 499 -> "499 Client Closed Request";
      case 529 -> "529 Overloaded";
      default -> HttpResponseStatus.valueOf(status).toString();
    };
  }

  /// After the status is out, an error can only be told as an event; and where not even that is
  /// possible, an answer that breaks off tells more truth than one that ends well.
  private void tellInStream(HttpCall ended, Outcome outcome) {
    Reply reply = ended.reply();
    if (ended.request().stream() && reply.canTellMore()) {
      Dialect dialect = ended.request().operation().dialect();
      String event = Answer.to(outcome, config.overloadStatus()).event(dialect, ended.id());
      reply.payload(Unpooled.copiedBuffer(event, StandardCharsets.UTF_8));
      reply.end();
    } else {
      carrier.abort();
    }
  }

  private void answerModels(@Nullable String id) {
    ModelCatalog models = entrance.models();
    String tenant = Objects.requireNonNull(caller).tenant();
    String body = id == null ? models.all(tenant) : models.one(id, tenant);
    if (body == null) {
      refuse(Cause.UNKNOWN_MODEL, "no pool serves model " + id);
      return;
    }
    Reply list = carrier.reply(head);
    json(list, 200, "x-request-id: " + CallIds.of(head.headers()) + "\r\n", body);
    finish(list);
  }

  private void answerWrongMethod(String allowed) {
    Reply wrong = carrier.reply(head);
    wrong.closeBehind();
    boolean options = head.method().equals(HttpMethod.OPTIONS);
    String allow = "allow: " + allowed + ", OPTIONS\r\n";
    String origin = head.headers().get(HttpHeaderNames.ORIGIN);
    if (options && origin != null && listener.door(entrance).allows(origin)) {
      allow +=
          OwnLines.cors(origin)
              + "access-control-allow-methods: "
              + allowed
              + "\r\naccess-control-allow-headers: "
              + "authorization, x-api-key, api-key, content-type, x-deadline-ms, x-forebay-priority,"
              + " x-forebay-queue-progress, x-request-id\r\n";
    }
    if (options) {
      wrong.commit(
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
              head.method() + " is not allowed here; use " + allowed,
              Duration.ZERO);
      json(wrong, 405, allow, answer.json(Dialect.OPENAI, ""));
    }
    finish(wrong);
  }

  private void finish(Reply reply) {
    answered = true;
    carrier.answered(reply);
  }

  // the rest of a request's life

  /// Whether all of it was read.
  boolean bodyRead() {
    return bodyRead;
  }

  /// A slow caller takes bytes again.
  void caughtUp() {
    if (reply != null) {
      reply.caughtUp();
    }
  }

  /// The caller left, or took back what it asked.
  void gone() {
    answered = true;
    if (reading != null) {
      reading.close();
      reading = null;
    }
    if (call != null) {
      call.abandon(
          new Failed(
              Cause.CLIENT_GONE, call.reply().contentSent(), "the caller closed the connection"));
    }
  }

  /// The gateway stops, and the time it gave to what was under way is over.
  void cut() {
    String detail = "the gateway is shutting down";
    if (call == null) {
      refuse(Cause.DRAINED, detail);
    } else {
      call.abandon(new Failed(Cause.DRAINED, call.reply().contentSent(), detail));
    }
  }

  /// The connection shall not be used for another request.
  void closeBehind() {
    if (reply != null) {
      reply.closeBehind();
    }
  }

  /// Looks at the time.
  void sweep(long now) {
    if (call != null) {
      call.sweep(now);
    } else if (!answered && now - sinceNanos > config.bodyTimeout().toNanos()) {
      refuse(
          Cause.REQUEST_TIMEOUT,
          "no more of the body came within " + Spans.print(config.bodyTimeout()));
    }
  }

  private Operation operation() {
    return route == null ? Operation.PASS_THROUGH : route.operation();
  }
}
