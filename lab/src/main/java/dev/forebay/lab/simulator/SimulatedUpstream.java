package dev.forebay.lab.simulator;

import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.lab.simulator.Faults.Fate;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Held;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// The last stage of a simulated path: what connections, engines and their failures look like from
/// the gateway, and nothing of how they work inside.
///
/// An answer's first content comes after a time that grows with the work its replica holds, and its
/// other tokens after that; all content is taken to have reached the caller when it arrives.
/// Replicas may be killed and revived while they answer. For one virtual loop; not thread-safe.
public final class SimulatedUpstream implements Stage {
  private static final long CONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long FIRST_CONTENT_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
  private static final long PER_TOKEN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long FIRST_CONTENT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /// Outstanding work units at which the first content takes twice as long as on an idle replica.
  private static final double WORK_THAT_DOUBLES = 20_000;

  private final Faults faults;
  private final RandomGenerator random;
  private final Set<String> dead = new HashSet<>();
  private final Set<Answer> running = new LinkedHashSet<>();

  public SimulatedUpstream(Faults faults, RandomGenerator random) {
    this.faults = faults;
    this.random = random;
  }

  @Override
  public void handle(Call call, Next next) {
    Attempt attempt = Objects.requireNonNull(call.attempt(), "retry begins each attempt");
    Reservation room =
        Objects.requireNonNull(attempt.held(Reservation.class), "gpu reserves the room");
    var answer = new Answer(call, attempt, room.replica());
    running.add(answer);
    attempt.hold(answer);
    answer.begin();
  }

  /// Kills a replica: what it was answering breaks off, and nobody can connect.
  public void kill(Replica replica) {
    dead.add(replica.name());
    // A copy, as an answer that breaks leaves the set and may begin another one.
    for (Answer answer : List.copyOf(running)) {
      if (answer.replica == replica) {
        answer.failed(Cause.UPSTREAM_BROKE);
      }
    }
  }

  public void revive(Replica replica) {
    dead.remove(replica.name());
  }

  /// What a probe would find.
  public boolean alive(Replica replica) {
    return !dead.contains(replica.name());
  }

  /// Attempts that are being answered now.
  public int running() {
    return running.size();
  }

  /// One answer; held by its attempt, so that it stops when the attempt ends.
  private final class Answer implements Held {
    private final Call call;
    private final Attempt attempt;
    private final Replica replica;
    private final List<Loop.Timer> timers = new ArrayList<>(3);
    private final Loop loop;

    Answer(Call call, Attempt attempt, Replica replica) {
      this.call = call;
      this.attempt = attempt;
      this.replica = replica;
      this.loop = call.loop();
    }

    void begin() {
      Fate fate = alive(replica) ? faults.fate(random.nextDouble()) : Fate.CONNECT;
      double load = 1 + replica.outstandingWork() / WORK_THAT_DOUBLES;
      long first = (long) (FIRST_CONTENT_NANOS * load * (0.5 + random.nextExponential()));
      long rest = (long) (PER_TOKEN_NANOS * tokens() * (0.5 + random.nextDouble()));
      switch (fate) {
        case CONNECT -> after(CONNECT_NANOS, () -> failed(Cause.CONNECT));
        case BUSY ->
            after(
                2 * CONNECT_NANOS,
                () -> attempt.end(new Shed(Reason.UPSTREAM_BUSY, Duration.ofSeconds(1))));
        case FAKE_SUCCESS -> after(first, () -> failed(Cause.FAKE_SUCCESS));
        case SLOW -> firstContentAt(FIRST_CONTENT_TIMEOUT_NANOS + first);
        case BROKEN -> {
          firstContentAt(first);
          after((long) ((first + rest) * random.nextDouble()), () -> failed(Cause.UPSTREAM_BROKE));
        }
        case SERVED -> {
          firstContentAt(first);
          after(first + rest, this::served);
        }
      }
      after(
          FIRST_CONTENT_TIMEOUT_NANOS,
          () -> {
            if (!call.progress().content()) {
              failed(Cause.FIRST_CONTENT_TIMEOUT);
            }
          });
    }

    private int tokens() {
      int most = call.request().maxTokens();
      return 1 + random.nextInt(most == 0 ? 700 : most);
    }

    private void firstContentAt(long delayNanos) {
      after(
          delayNanos,
          () -> {
            call.progress().activity(loop.nanoTime());
            call.progress().delta(loop.nanoTime());
          });
    }

    private void served() {
      attempt.end(new Served(200));
    }

    private void failed(Cause cause) {
      Outcome outcome = new Failed(cause, call.progress().content(), "simulated on " + replica);
      attempt.end(outcome);
    }

    private void after(long delayNanos, Runnable task) {
      timers.add(loop.at(loop.nanoTime() + delayNanos, task));
    }

    @Override
    public void close() {
      timers.forEach(Loop.Timer::cancel);
      running.remove(this);
    }
  }
}
