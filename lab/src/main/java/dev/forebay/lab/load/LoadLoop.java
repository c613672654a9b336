package dev.forebay.lab.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One event loop's share of the calls: every `stride`-th from `first` on.
///
/// All of it runs on that loop, but for [#stop]; nothing is shared but the live counters.
final class LoadLoop {
  private static final int AT_A_TIME = 128;
  private static final long SWEEP_MILLIS = 5;
  private static final int DIALS_AT_ONCE = 64;

  private final EventLoop loop;
  private final Bootstrap sockets;
  private final RequestBytes requests;
  private final List<Arrival> arrivals;
  private final int stride;
  private final int mostConnections;
  private final LoadOptions options;
  private final LoadObserver observer;
  private final LoadCounters live;
  private final LoadTally tally;
  private final AnswerText answer = new AnswerText();
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private final ArrayDeque<OpenCall> waiting = new ArrayDeque<>();
  private final ArrayDeque<OpenCall> byIntent = new ArrayDeque<>();
  private final CompletableFuture<LoadTally> finished = new CompletableFuture<>();
  private @Nullable ScheduledFuture<?> sweeper;
  private long originNanos;
  private int next;
  private int open;
  private int dials;
  private volatile boolean stopped;

  LoadLoop(
      EventLoop loop,
      LoadTarget target,
      RequestBytes requests,
      List<Arrival> arrivals,
      int first,
      LoadOptions options,
      LoadObserver observer,
      LoadCounters live) {
    this.loop = loop;
    this.sockets = Transport.sockets(target.address(), options.lingerZero()).group(loop);
    this.requests = requests;
    this.arrivals = arrivals;
    this.next = first;
    this.stride = options.loops();
    this.mostConnections = options.connections() / options.loops();
    this.options = options;
    this.observer = observer;
    this.live = live;
    this.tally = new LoadTally(options.slo(), options.timeout().toNanos());
  }

  /// Begins, with time 0 of the arrivals at `originNanos` of the machine's clock.
  CompletableFuture<LoadTally> begin(long originNanos) {
    loop.execute(() -> {
      this.originNanos = originNanos;
      dial(); // so that the first call does not pay for loading classes
      sweeper =
          loop.scheduleAtFixedRate(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
      turn();
    });
    return finished;
  }

  /// Offers no more calls; those under way end as they will.
  void stop() {
    stopped = true;
    loop.execute(this::finishIfDone);
  }

  AnswerText answer() {
    return answer;
  }

  int sizeOf(OpenCall call) {
    return 512 + call.arrival.promptTokens() * 4;
  }

  void render(ByteBuf out, OpenCall call) {
    observer.sending(call.id, call.arrival);
    requests.write(out, call.arrival, call.id);
  }

  /// The connection can carry another call: the one that has waited longest, if one waits.
  void free(Connection connection) {
    var call = longestWaiting();
    if (call == null) {
      idle.push(connection);
    } else {
      waiting.remove();
      connection.carry(call);
    }
  }

  void delta(OpenCall call) {
    if (call.deltas == 1) {
      live.first(call.firstNanos);
    }
  }

  void ended(OpenCall call, Ending ending, long now) {
    call.ended = true;
    call.connection = null;
    open--;
    var outcome = call.outcome(ending, now);
    tally.count(outcome);
    live.ended(outcome);
    observer.ended(outcome);
    finishIfDone();
  }

  /// Whether the connection failed for want of something on our side.
  private static boolean ownFault(Throwable why) {
    for (var cause = why; cause != null; cause = cause.getCause()) {
      var words = String.valueOf(cause.getMessage());
      if (words.contains("Too many open files")
          || words.contains("Cannot assign requested address")) {
        return true;
      }
    }
    return false;
  }

  /// Offers what is due and comes back when the next call is.
  private void turn() {
    for (int i = 0; i < AT_A_TIME; i++) {
      if (stopped || next >= arrivals.size()) {
        finishIfDone();
        return;
      }
      long wait = originNanos + arrivals.get(next).atNanos() - System.nanoTime();
      if (wait > 0) {
        var _ = loop.schedule(this::turn, wait, TimeUnit.NANOSECONDS);
        return;
      }
      int number = next;
      next += stride;
      offer(number, arrivals.get(number), -wait);
    }
    loop.execute(this::turn); // far behind: let the answers in between
  }

  private void offer(int number, Arrival arrival, long lateNanos) {
    tally.late(lateNanos);
    live.offered();
    open++;
    var call =
        new OpenCall(
            "load-" + options.seed() + "-" + number,
            arrival,
            originNanos + arrival.atNanos(),
            observer.hashesText() ? sha256() : null);
    byIntent.add(call);
    if (open > mostConnections) {
      ended(call, Ending.UNSENT, System.nanoTime());
      return;
    }
    var connection = idle();
    if (connection == null) {
      waiting.add(call);
      dialAsNeeded();
    } else {
      connection.carry(call);
    }
    if (arrival.patience() instanceof Patience.LeavesAfterNanos(long nanos)) {
      var _ =
          loop.schedule(
              () -> leave(call, Ending.CANCELLED),
              Math.max(0, nanos - lateNanos),
              TimeUnit.NANOSECONDS);
    }
  }

  private @Nullable Connection idle() {
    var last = idle.poll();
    while (last != null && !last.usable()) {
      last = idle.poll();
    }
    return last;
  }

  private @Nullable OpenCall longestWaiting() {
    var head = waiting.peek();
    while (head != null && head.ended) {
      waiting.remove();
      head = waiting.peek();
    }
    return head;
  }

  /// A waiting call takes the first connection that is there, freed or new. So a server that is
  /// slow for a moment is not answered with a storm of connections, which would then make us late.
  private void dialAsNeeded() {
    while (longestWaiting() != null && dials < Math.min(waiting.size(), DIALS_AT_ONCE)) {
      dial();
    }
  }

  private void dial() {
    dials++;
    var connection = new Connection(this);
    var attempt = sockets.clone().handler(connection).connect();
    connection.use(attempt.channel());
    var _ =
        attempt.addListener(result -> {
          dials--;
          var call = result.isSuccess() ? null : longestWaiting();
          if (call != null) {
            leave(call, ownFault(result.cause()) ? Ending.UNSENT : Ending.BROKEN);
          }
          dialAsNeeded();
        });
  }

  private void leave(OpenCall call, Ending ending) {
    var connection = call.connection;
    if (connection != null) {
      connection.abandon(ending);
    } else if (!call.ended) {
      ended(call, ending, System.nanoTime());
    }
  }

  /// Ends calls whose time is up. They are kept by intended start and share one timeout, so the
  /// oldest is always at the head.
  private void sweep() {
    long now = System.nanoTime();
    for (var head = byIntent.peek(); head != null; head = byIntent.peek()) {
      if (!head.ended && now - head.intendedNanos < options.timeout().toNanos()) {
        return;
      }
      byIntent.poll();
      leave(head, Ending.TIMED_OUT);
    }
  }

  private void finishIfDone() {
    if (open > 0 || (!stopped && next < arrivals.size()) || finished.isDone()) {
      return;
    }
    if (sweeper != null) {
      sweeper.cancel(false);
    }
    idle.forEach(Connection::close);
    finished.complete(tally);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
