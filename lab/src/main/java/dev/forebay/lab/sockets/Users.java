package dev.forebay.lab.sockets;

import dev.forebay.lab.load.Arrival;
import dev.forebay.lab.load.BlockingConnection;
import dev.forebay.lab.load.Ending;
import dev.forebay.lab.load.Heard;
import dev.forebay.lab.load.LoadOutcome;
import dev.forebay.lab.load.Slo;
import dev.forebay.lab.simulator.ClientConfig;
import dev.forebay.lab.simulator.Intent;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.simulator.SeenAnswer;
import dev.forebay.lab.simulator.Story;
import dev.forebay.lab.simulator.Story.End;
import java.io.IOException;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// The users of a scenario on real sockets, each on a virtual thread, through clients with the
/// retries of a stock SDK, which keep connections. What they want and when is the same as in the
/// simulator.
final class Users {
  private static final String QUEUED = "x-forebay-queue-ms";
  private static final long LEAD = TimeUnit.MILLISECONDS.toNanos(300);

  private final Front front;
  private final Requests requests;
  private final ClientConfig config;
  private final Slo slo;
  private final long seed;
  private final Deque<BlockingConnection> idle = new ConcurrentLinkedDeque<>();
  private final Queue<Story> stories = new ConcurrentLinkedQueue<>();
  private final Histogram refusals = new ConcurrentHistogram(3);
  private final Histogram queued = new ConcurrentHistogram(3);
  private final Histogram atOnce = new ConcurrentHistogram(3);
  private final Histogram lateness = new ConcurrentHistogram(3);
  private final long origin = System.nanoTime() + LEAD;
  private final long judged;
  private final long end;

  /// @param drain after the last intent may have come, how long answers may still take
  Users(Scenario scenario, Front front, Requests requests, Duration drain, long seed) {
    this.front = front;
    this.requests = requests;
    this.config = scenario.clients();
    this.slo = scenario.slo();
    this.seed = seed;
    this.judged = origin + scenario.warmUp().toNanos();
    this.end = origin + scenario.length().plus(drain).toNanos();
  }

  /// Lets them want things; returns when the last has what it gets.
  List<Story> live(List<Intent> intents) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Intent intent : intents) {
        parkUntil(origin + intent.atNanos());
        threads.execute(() -> stories.add(new User(intent).live()));
      }
    } finally {
      idle.forEach(BlockingConnection::close);
    }
    return List.copyOf(stories);
  }

  /// How long refused calls waited for their refusal, nanoseconds: see `Ran`.
  Histogram refusals() {
    return refusals;
  }

  /// How long calls waited in a queue before they were let in, nanoseconds, as far as answers tell:
  /// see `Ran`.
  Histogram queued() {
    return queued;
  }

  /// How long refusals took of those that did not wait in a queue, as far as answers tell.
  Histogram atOnce() {
    return atOnce;
  }

  /// How much later than intended users began who count, nanoseconds.
  Histogram lateness() {
    return lateness;
  }

  private static void parkUntil(long nanoTime) {
    for (long left = left(nanoTime); left > 0; left = left(nanoTime)) {
      LockSupport.parkNanos(left);
    }
  }

  private static long left(long nanoTime) {
    return nanoTime - System.nanoTime();
  }

  private final class User {
    private final Intent intent;
    private final Arrival arrival;
    private final SplittableRandom random;
    private final long asks;
    private final long leaves;
    private int tries;

    User(Intent intent) {
      this.intent = intent;
      this.arrival =
          Arrival.of(
              intent.atNanos(),
              intent.promptTokens(),
              intent.outputTokens(),
              true,
              intent.number());
      this.random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + intent.number());
      this.asks = origin + intent.atNanos();
      this.leaves = Math.min(asks + config.patience().toNanos(), end);
    }

    Story live() {
      if (counts()) {
        lateness.recordValue(Math.max(0, -left(asks)));
      }
      while (true) {
        tries++;
        long begun = System.nanoTime();
        Heard heard = call(begun);
        LoadOutcome seen = heard.outcome();
        String millis = heard.told().get(QUEUED);
        if (millis != null && seen.deltas() > 0 && counts()) {
          queued.recordValue(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(millis)));
        }
        if (seen.ending() == Ending.OK) {
          return story(End.ANSWERED, begun, seen);
        }
        if (seen.deltas() > 0) {
          return story(End.BROKEN, begun, seen);
        }
        if (seen.ending() == Ending.TIMED_OUT) {
          return story(End.LEFT, begun, seen);
        }
        if (seen.ending() == Ending.REFUSED && counts()) {
          refused(heard);
        }
        SeenAnswer answer = answer(heard);
        if (!answer.retryable() || tries > config.retries()) {
          return story(End.REFUSED, begun, seen);
        }
        long pause = config.pause(answer.retryAfter(), tries, random.nextDouble()).toNanos();
        if (left(leaves) <= pause) {
          return story(End.LEFT, begun, seen);
        }
        parkUntil(System.nanoTime() + pause);
      }
    }

    /// Whether it asks after the warm-up.
    private boolean counts() {
      return asks - judged >= 0;
    }

    private void refused(Heard heard) {
      long took = heard.outcome().endNanos();
      refusals.recordValue(took);
      if (heard.told().getOrDefault(QUEUED, "0").equals("0")) {
        atOnce.recordValue(took);
      }
    }

    /// On a kept connection if there is one. That it was closed meanwhile is no try, as with every
    /// HTTP client.
    private Heard call(long begun) {
      long due = asks + slo.firstTokenNanos(intent.promptTokens());
      byte[] request = requests.of(intent, Duration.ofNanos(Math.max(0, left(due))));
      for (BlockingConnection kept = idle.poll(); kept != null; kept = idle.poll()) {
        Heard heard = on(kept, request, begun);
        if (heard.outcome().ending() != Ending.BROKEN || heard.outcome().status() != 0) {
          return heard;
        }
      }
      try {
        return on(BlockingConnection.open(front.address()), request, begun);
      } catch (IOException e) {
        return Requests.UNHEARD;
      }
    }

    private Heard on(BlockingConnection connection, byte[] request, long begun) {
      Heard heard = connection.call(arrival, request, begun, leaves, end);
      if (connection.usable()) {
        idle.push(connection);
      }
      return heard;
    }

    private Story story(End how, long begun, LoadOutcome seen) {
      boolean content = seen.deltas() > 0;
      long before = begun - asks;
      return new Story(
          intent,
          tries,
          content ? before + seen.firstNanos() : Story.NEVER,
          content ? before + seen.lastNanos() : Story.NEVER,
          seen.deltas(),
          how,
          code(seen));
    }
  }

  /// Without a status, a connection that failed; a stock SDK takes it for passing.
  private static SeenAnswer answer(Heard heard) {
    int status = heard.outcome().status();
    String millis = heard.told().get("retry-after-ms");
    String seconds = heard.told().getOrDefault("retry-after", "0");
    double after = millis == null ? 1e3 * Double.parseDouble(seconds) : Double.parseDouble(millis);
    return new SeenAnswer(
        status == 0 ? 502 : status,
        code(heard.outcome()),
        Duration.ofNanos((long) (after * 1e6)),
        !"false".equals(heard.told().get("x-should-retry")));
  }

  private static String code(LoadOutcome seen) {
    String reason = seen.reason();
    return reason != null ? reason : seen.status() == 200 ? SeenAnswer.OK : "";
  }
}
