package dev.forebay.server.upstream;

import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Makers.Maker;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Held;
import dev.forebay.pipeline.Note;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Request;
import dev.forebay.retry.policy.ServerHint;
import dev.forebay.server.http.Body;
import dev.forebay.server.http.HttpCall;
import dev.forebay.server.openai.AnswerScanner;
import dev.forebay.server.openai.Edit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One attempt on one replica: sends the request, judges the beginning of the answer, and then
/// splices the answer through.
///
/// Nothing reaches the caller before the replica gave content (or, for a plain answer, all of it or
/// 64 KiB), so that another replica can still take over. From then on bytes are passed on as they
/// came, cut where both a chunk and an event end, so that an error can still be told if the replica
/// breaks.
///
/// Belongs to its call's loop; the attempt holds it.
final class Exchange implements Held, Connections.Taker, UpstreamConnection.Listener {
  private static final int LONGEST_HEAD = 64 * 1024;
  private static final int MOST_INTERIM = 16;

  private static final Note ASKED_AGAIN =
      () -> Map.of("usage", "refused by the replica; it was asked again without");

  /// Nobody is told to stay away for longer, whatever a replica says.
  private static final Duration LONGEST_TOLD = Duration.ofHours(1);

  /// A refusal whose words do not come soon is judged without them.
  private static final Duration REFUSAL_WITHIN = Duration.ofSeconds(1);

  private static final String REFUSED = "refused the gateway's own account: it answered ";

  private static final BodyWalker.Payload NOWHERE =
      new BodyWalker.Payload() {
        @Override
        public void payload(ByteBuf in, int from, int to) {}

        @Override
        public void boundary(int index) {}
      };

  private final HttpCall call;
  private final Attempt attempt;
  private final Target target;
  private final Connections connections;
  private final Makers makers;
  private final Splice splice;
  private final TimeLimits limits;

  private Held connecting = () -> {};
  private @Nullable UpstreamConnection connection;
  private @Nullable ByteBuf partialHead;
  private @Nullable ResponseHead head;
  private @Nullable RefusalBody refusal;
  private int interim;
  private boolean answerBegan;
  private boolean reusable;
  private boolean freshOnly;
  private boolean bodySent;
  private boolean paused;
  private boolean closed;

  /// Asks for more than the caller asked for; null if nothing does, or the replica refused that.
  private @Nullable Edit usage;

  Exchange(
      HttpCall call,
      Attempt attempt,
      Target target,
      Connections connections,
      Makers makers,
      UpstreamConfig config,
      Duration slowReader) {
    this.call = call;
    this.attempt = attempt;
    this.target = target;
    this.connections = connections;
    this.makers = makers;
    this.splice = new Splice(call);
    this.limits = new TimeLimits(call, attempt, config, slowReader);
    this.usage = target.asksUsage(call.loop().nanoTime()) ? call.edits().usage() : null;
  }

  void start() {
    call.limits(limits);
    call.reply().onWritable(this::resume);
    connecting = connections.take(target, this);
  }

  // sending

  @Override
  public void notConnected(Throwable cause) {
    if (!closed) {
      fail(Cause.CONNECT, "cannot be reached: " + reason(cause));
    }
  }

  @Override
  public void connected(UpstreamConnection made) {
    if (closed) {
      connections.release(made);
      return;
    }
    connection = made;
    made.serve(this);
    Channel channel = made.channel();
    switch (call.body()) {
      case Body.Whole(ByteBuf bytes) -> {
        OutgoingBody body = OutgoingBody.of(call, bytes, attempt, usage, target);
        head(channel, body.length());
        body.writeTo(channel);
        bodySent = true;
      }
      case Body.Passing passing -> {
        head(channel, passing.length());
        passing.to(new Upload(channel, passing));
      }
    }
    channel.flush();
  }

  private void head(Channel channel, long bodyLength) {
    channel.write(RequestHead.of(call, target, bodyLength, channel.alloc()), channel.voidPromise());
  }

  /// Sends a body that arrives while it is sent.
  private final class Upload implements Body.Passing.Receiver {
    private final Channel channel;
    private final Body.Passing body;
    private final boolean chunked;

    Upload(Channel channel, Body.Passing body) {
      this.channel = channel;
      this.body = body;
      this.chunked = body.length() < 0;
    }

    @Override
    public void part(ByteBuf part, int owed) {
      if (closed || !part.isReadable()) {
        part.release();
        body.left(owed);
        return;
      }
      if (chunked) {
        ByteBuf size = channel.alloc().directBuffer(16);
        ByteBufUtil.writeAscii(size, Integer.toHexString(part.readableBytes()) + "\r\n");
        channel.write(size, channel.voidPromise());
      }
      channel.write(part).addListener(_ -> body.left(owed));
      if (chunked) {
        channel.write(ascii("\r\n"), channel.voidPromise());
      }
      channel.flush();
      flow(channel.isWritable());
    }

    @Override
    public void last() {
      bodySent = true;
      if (chunked && !closed) {
        channel.writeAndFlush(ascii("0\r\n\r\n"), channel.voidPromise());
      }
    }

    private ByteBuf ascii(String text) {
      return ByteBufUtil.writeAscii(channel.alloc(), text);
    }
  }

  @Override
  public void writable(boolean writable) {
    flow(writable);
  }

  private void flow(boolean open) {
    if (call.body() instanceof Body.Passing passing) {
      passing.flowing(open);
    }
  }

  // receiving

  @Override
  public void received(ByteBuf in) {
    call.progress().activity(call.loop().nanoTime());
    answerBegan = true;
    try {
      if (head == null) {
        readHead(in);
      } else {
        readBody(in);
      }
    } catch (BadResponse rubbish) {
      rubbish(rubbish);
    }
  }

  private void readHead(ByteBuf in) throws BadResponse {
    ByteBuf all = in;
    if (partialHead != null) {
      all = partialHead.writeBytes(in);
    }
    ResponseHead parsed = ResponseHead.parse(all, LONGEST_HEAD);
    while (parsed != null && parsed.status() < 200) {
      if (parsed.status() == 101) {
        throw new BadResponse("switches protocols unasked");
      }
      if (++interim > MOST_INTERIM) {
        throw new BadResponse("more than " + MOST_INTERIM + " interim answers");
      }
      parsed = ResponseHead.parse(all, LONGEST_HEAD);
    }
    if (parsed == null) {
      if (partialHead == null) {
        partialHead = in.alloc().buffer(in.readableBytes()).writeBytes(in);
      }
      return;
    }
    head = parsed;
    if (judge(parsed, all)) {
      readBody(all);
    }
  }

  /// What the status alone says.
  ///
  /// @return whether the body is of interest
  private boolean judge(ResponseHead answer, ByteBuf rest) throws BadResponse {
    int status = answer.status();
    reusable = bodySent && status > 400 && endsIn(rest, answer);
    // What is asked by a path that the caller chose can be refused to any account.
    if (target.ownKey() && call.request().operation().generates()) {
      switch (status) {
        case 401, 402 -> {
          fail(Cause.UPSTREAM_ACCOUNT, REFUSED + status);
          return false;
        }
        case 403 -> {
          fail(Cause.UPSTREAM_FORBIDDEN, REFUSED + status);
          return false;
        }
        case 429 -> {
          hear(answer, rest.alloc());
          return true;
        }
        default -> {}
      }
    }
    if (status == 429 || status == 503 || status == 529) {
      attempt.end(new Shed(Reason.UPSTREAM_BUSY, whenToComeBack(answer)));
      return false;
    }
    if (status >= 500) {
      fail(Cause.UPSTREAM_ERROR, "answered " + status);
      return false;
    }
    if (usage != null && (status == 400 || status == 422)) {
      hear(answer, rest.alloc());
      return true;
    }
    return begin(answer);
  }

  /// @return whether the body is of interest
  private boolean begin(ResponseHead answer) throws BadResponse {
    int status = answer.status();
    boolean committed = call.reply().committed();
    if (committed && !(status < 300 && answer.eventStream())) {
      // The caller was promised a stream: what this replica says instead can only be told in it.
      attempt.end(
          new Failed(Cause.UPSTREAM_ERROR, false, named("answered " + status + " to a stream")));
      return false;
    }
    boolean headOnly = call.method().equals(HttpMethod.HEAD);
    splice.begin(answer, scanner(answer), headOnly, usage != null);
    reusable = false;
    return true;
  }

  /// Holds a refusal of which the words tell what is refused.
  private void hear(ResponseHead answer, ByteBufAllocator alloc) throws BadResponse {
    var said = new RefusalBody(answer, alloc);
    refusal = said;
    Runnable enough =
        () -> {
          if (refusal == said) {
            judgeRefusalNow();
            receivedAll();
          }
        };
    long patience = call.loop().nanoTime() + REFUSAL_WITHIN.toNanos();
    attempt.hold(call.loop().at(patience, enough)::cancel);
  }

  /// Judges a refusal by as much of its words as there is.
  private void judgeRefusalNow() {
    try {
      judgeRefusal();
    } catch (BadResponse rubbish) {
      rubbish(rubbish);
    }
  }

  private void judgeRefusal() throws BadResponse {
    ResponseHead answer = Objects.requireNonNull(head);
    try (RefusalBody said = Objects.requireNonNull(refusal)) {
      refusal = null;
      reusable = bodySent && said.whole() && answer.keepAlive();
      if (answer.status() == 429) {
        judgeAccount(said, answer);
      } else if (said.ofUsage()) {
        askAgainWithoutUsage();
      } else if (begin(answer)) {
        readBody(said.bytes());
      }
    }
  }

  /// What the account was refused for: asking too often, or being spent.
  private void judgeAccount(RefusalBody said, ResponseHead answer) {
    if (said.spent(answer.status())) {
      fail(Cause.UPSTREAM_ACCOUNT, REFUSED + answer.status() + ", as it is spent");
    } else {
      attempt.end(new Shed(Reason.UPSTREAM_BUSY, whenToComeBack(answer)));
    }
  }

  /// The caller has seen nothing, and the replica has done nothing.
  private void askAgainWithoutUsage() {
    target.refusedUsage(call.loop().nanoTime());
    attempt.note(ASKED_AGAIN);
    usage = null;
    head = null;
    interim = 0;
    answerBegan = false;
    giveBack();
    reusable = false;
    connecting = connections.take(target, this);
  }

  /// When the replica says that it is worth coming back; zero if it does not say.
  private static Duration whenToComeBack(ResponseHead answer) {
    Duration told = ServerHint.read(answer::header, Instant.now()).delay().orElse(Duration.ZERO);
    return told.compareTo(LONGEST_TOLD) > 0 ? LONGEST_TOLD : told;
  }

  /// Whether the rest of the answer has arrived already, so that a refusal costs no connection.
  private static boolean endsIn(ByteBuf rest, ResponseHead answer) throws BadResponse {
    Framing framing = answer.framing(false);
    if (framing == Framing.CLOSE || !answer.keepAlive()) {
      return false;
    }
    BodyWalker walker = new BodyWalker();
    walker.start(framing, answer.contentLength());
    int end = walker.walk(rest, rest.readerIndex(), rest.writerIndex(), NOWHERE);
    return walker.finished() && end == rest.writerIndex();
  }

  private @Nullable AnswerScanner scanner(ResponseHead answer) {
    Request request = call.request();
    boolean understood =
        switch (request.operation()) {
          // A stored answer may be one that failed, and what it used was counted when it was made.
          case PASS_THROUGH, STORED -> false;
          case CHAT, COMPLETION, EMBEDDINGS, RESPONSES, MESSAGES ->
              answer.status() < 300 && !answer.encoded();
        };
    if (!understood) {
      return null;
    }
    return request.stores()
        ? new AnswerScanner(request.operation(), answer.eventStream(), this::made)
        : new AnswerScanner(request.operation(), answer.eventStream());
  }

  private void made(String id) {
    Maker maker = new Maker(target.pool(), target.replica().name());
    makers.note(call.owner(), id, maker, call.loop().nanoTime());
  }

  private void readBody(ByteBuf in) throws BadResponse {
    if (refusal != null) {
      if (refusal.read(in)) {
        judgeRefusal();
      }
      return;
    }
    switch (splice.pass(in)) {
      case MORE -> {}
      case WHOLE -> {
        reusable = bodySent && splice.persistent() && !in.isReadable();
        served();
      }
      case BROKEN -> broken();
    }
    backPressure();
  }

  private void served() {
    int status = splice.status();
    attempt.end(new Served(status));
  }

  /// The answer is not what its status promised.
  private void broken() {
    if (splice.starved() && !call.reply().contentSent()) {
      attempt.end(new Shed(Reason.UPSTREAM_BUSY, Duration.ZERO));
      return;
    }
    fail(
        call.reply().contentSent() ? Cause.UPSTREAM_BROKE : Cause.FAKE_SUCCESS, splice.complaint());
  }

  @Override
  public void receivedAll() {
    if (!closed) {
      call.reply().flush();
    }
  }

  private void backPressure() {
    if (!closed && !paused && connection != null && !call.reply().writable()) {
      paused = true;
      limits.paused(true);
      connection.channel().config().setAutoRead(false);
    }
  }

  private void resume() {
    if (paused && connection != null) {
      paused = false;
      limits.paused(false);
      connection.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void closed(@Nullable Throwable cause) {
    UpstreamConnection gone = connection;
    connection = null;
    if (refusal != null) {
      judgeRefusalNow();
      if (head == null || closed) {
        return;
      }
    }
    if (head != null && splice.endsByClose()) {
      switch (splice.closed()) {
        case WHOLE -> served();
        case MORE, BROKEN -> broken();
      }
      call.reply().flush();
    } else if (!answerBegan && gone != null && gone.used() && mayRepeat()) {
      // The replica closed a resting connection just as it was taken; that says nothing of the
      // replica.
      freshOnly = true;
      connecting = connections.connect(target, this);
    } else {
      fail(
          Cause.UPSTREAM_BROKE,
          "closed the connection "
              + (answerBegan ? "in the middle of its answer" : "without an answer")
              + (cause == null ? "" : ": " + reason(cause)));
    }
  }

  private boolean mayRepeat() {
    return !freshOnly && call.body() instanceof Body.Whole && call.request().repeatable();
  }

  // ending

  private void rubbish(BadResponse rubbish) {
    fail(Cause.UPSTREAM_BROKE, "answered what is not HTTP: " + rubbish.getMessage());
  }

  private void fail(Cause cause, String what) {
    attempt.end(new Failed(cause, call.reply().contentSent(), named(what)));
  }

  private String named(String what) {
    return "replica " + target.replica().name() + " " + what;
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /// Gives the connection back if the exchange ended cleanly, and closes it otherwise, which is how
  /// the replica learns that nobody waits any more.
  @Override
  public void close() {
    closed = true;
    call.limits(null);
    call.reply().onWritable(null);
    connecting.close();
    splice.close();
    if (partialHead != null) {
      partialHead.release();
      partialHead = null;
    }
    if (refusal != null) {
      refusal.close();
      refusal = null;
    }
    giveBack();
  }

  private void giveBack() {
    UpstreamConnection used = connection;
    connection = null;
    if (used == null) {
      return;
    }
    if (reusable) {
      connections.release(used);
    } else {
      used.close();
    }
  }
}
