package dev.forebay.gpu;

import dev.forebay.fleet.Account;
import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Capacity.RetryAt;
import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Need;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.gpu.Affinity.At;
import dev.forebay.gpu.Affinity.Nowhere;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Progress;
import dev.forebay.pipeline.Request;
import dev.forebay.pipeline.Stage;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Reserves room on a replica for the attempt, or sheds the call.
public final class GpuStage implements Stage {
  private final Fleet fleet;
  private final Affinity affinity;
  private final Capacity capacity;
  private final OutlierEjection ejection;
  private final Consumer<Replica> suspect;
  private final Consumer<Account> alert;

  /// @param makers who made the stored objects that calls ask for
  /// @param suspect told of a replica on which an attempt just failed, so that it can be probed at
  ///   once; called on a loop, must not block
  /// @param alert told of an account that is refused now, or no longer is; likewise
  public GpuStage(
      Fleet fleet,
      Makers makers,
      Capacity capacity,
      OutlierEjection ejection,
      Consumer<Replica> suspect,
      Consumer<Account> alert) {
    this.fleet = fleet;
    this.affinity = new Affinity(fleet, makers);
    this.capacity = capacity;
    this.ejection = ejection;
    this.suspect = suspect;
    this.alert = alert;
  }

  @Override
  public void handle(Call call, Next next) {
    Request request = call.request();
    if (request.follows() != null) {
      follow(call, request.follows(), next);
      return;
    }
    String named = attempt(call).pool();
    Pool pool = named == null ? null : fleet.pool(named);
    if (pool == null) {
      call.end(nobodyServes(request));
    } else {
      reserve(call, pool, next);
    }
  }

  private static Attempt attempt(Call call) {
    return Objects.requireNonNull(call.attempt(), "retry begins each attempt");
  }

  private void follow(Call call, String id, Next next) {
    switch (affinity.of(call, id, call.loop().nanoTime())) {
      case At(Pool pool, Replica replica) -> {
        call.pin(replica.name());
        reserve(call, pool, next);
      }
      case Nowhere(String why) -> call.end(nobodyHas(call.request(), why));
    }
  }

  private void reserve(Call call, Pool pool, Next next) {
    Attempt attempt = attempt(call);
    Reservation waitedFor = attempt.held(Reservation.class);
    if (waitedFor != null) {
      send(call, attempt, pool, waitedFor, next);
      return;
    }
    long now = call.loop().nanoTime();
    Need need = capacity.need(call);
    switch (capacity.tryReserve(new Ask(call, need, pool, now + Long.MAX_VALUE / 2, now))) {
      case Reserved(var reservation) -> {
        attempt.hold(reservation);
        send(call, attempt, pool, reservation, next);
      }
      case RetryAt(var reason, long at) -> {
        attempt.note(new Placement(pool.name(), null));
        call.end(new Shed(reason, Duration.ofNanos(Math.max(0, at - now))));
      }
    }
  }

  private void send(Call call, Attempt attempt, Pool pool, Reservation reservation, Next next) {
    Replica replica = reservation.replica();
    attempt.on(replica.name());
    if (reservation instanceof Room.Taken taken) {
      attempt.note(new Placement(pool.name(), taken.why()));
    }
    boolean stored = call.request().operation() == Operation.STORED;
    long begun = call.loop().nanoTime();
    attempt.judgedBy(outcome -> {
      settle(reservation, call, outcome);
      judge(reservation, call, outcome, begun);
      if (stored) {
        suspect(replica, outcome);
      } else {
        judge(pool, replica, outcome, call.loop().nanoTime());
      }
    });
    next.proceed(call);
  }

  /// Of the account's limits that is taken which the replica says it used; nothing, if it was never
  /// reached.
  private static void settle(Reservation reservation, Call call, Outcome outcome) {
    Progress progress = call.progress();
    long now = call.loop().nanoTime();
    if (progress.usageIsWhole()) {
      reservation.used(progress.promptTokens() + progress.completionTokens(), now);
    } else if (outcome instanceof Failed failed && failed.cause() == Cause.CONNECT) {
      reservation.used(0, now);
    }
  }

  /// What the outcome of an attempt says of the room, and of the account that it was made for.
  private void judge(Reservation reservation, Call call, Outcome outcome, long begun) {
    Account account = reservation.account();
    long now = call.loop().nanoTime();
    boolean news =
        switch (outcome) {
          case Served(int status) -> {
            boolean answered = status < 400 && call.request().operation().generates();
            if (answered) {
              reservation.served(call.progress(), now);
            }
            yield answered && account.served(begun);
          }
          case Shed(var reason, Duration after) -> {
            if (reason == Reason.UPSTREAM_BUSY) {
              account.pause(after, now);
              reservation.pushedBack(now);
            }
            yield false;
          }
          case Failed(Cause cause, _, String why) ->
              switch (cause) {
                case UPSTREAM_ACCOUNT -> account.refused(why, now);
                case UPSTREAM_FORBIDDEN -> account.forbade(why, now);
                default -> false;
              };
          case FromCache _, Deferred _ -> false;
        };
    if (news) {
      alert.accept(account);
    }
  }

  /// What the outcome of an attempt says of the replica. Push-back is no failure: whoever says that
  /// it is busy is alive.
  private void judge(Pool pool, Replica replica, Outcome outcome, long now) {
    switch (outcome) {
      case Served _ -> ejection.succeeded(replica, now);
      case Failed(Cause cause, _, _) when blames(cause) -> {
        ejection.failed(pool, replica, now);
        suspect.accept(replica);
      }
      case Failed _, Shed _, FromCache _, Deferred _ -> {}
    }
  }

  /// What was asked of a store says nothing of whether the replica can generate, but a replica that
  /// does not answer may be dead.
  private void suspect(Replica replica, Outcome outcome) {
    if (outcome instanceof Failed failed && blames(failed.cause())) {
      suspect.accept(replica);
    }
  }

  private static boolean blames(Cause cause) {
    return switch (cause) {
      case CONNECT,
          UPSTREAM_BROKE,
          UPSTREAM_ERROR,
          FAKE_SUCCESS,
          FIRST_CONTENT_TIMEOUT,
          IDLE_TIMEOUT ->
          true;
      case INVALID_REQUEST,
          UNAUTHENTICATED,
          FORBIDDEN,
          UNKNOWN_MODEL,
          UNKNOWN_ROUTE,
          UNKNOWN_OBJECT,
          UNKNOWN_PREVIOUS,
          TOO_LARGE,
          UNSUPPORTED_ENCODING,
          REQUEST_TIMEOUT,
          UPSTREAM_ACCOUNT,
          UPSTREAM_FORBIDDEN,
          DEADLINE,
          TOTAL_TIMEOUT,
          SLOW_READER,
          CLIENT_GONE,
          DRAINED,
          INTERNAL ->
          false;
    };
  }

  private Failed nobodyHas(Request request, String why) {
    if (request.operation() == Operation.STORED) {
      return new Failed(Cause.UNKNOWN_OBJECT, false, why);
    }
    return fleet.poolFor(request) == null
        ? nobodyServes(request)
        : new Failed(Cause.UNKNOWN_PREVIOUS, false, "previous_response_id: " + why);
  }

  private Failed nobodyServes(Request request) {
    if (request.operation() == Operation.PASS_THROUGH) {
      return new Failed(
          Cause.UNKNOWN_ROUTE,
          false,
          "this path is not known, and no pool has passThrough; known are /v1/chat/completions,"
              + " /v1/completions, /v1/embeddings, /v1/responses, /v1/messages and /v1/models");
    }
    Dialect dialect = request.operation().dialect();
    boolean spoken = fleet.pools().stream().anyMatch(pool -> pool.speaks() == dialect);
    String whom =
        fleet.pools().stream()
            .map(pool -> pool.name() + " speaks " + name(pool.speaks()))
            .collect(Collectors.joining(", "));
    return spoken
        ? new Failed(Cause.UNKNOWN_MODEL, false, "no pool serves model " + request.model())
        : new Failed(
            Cause.UNKNOWN_ROUTE,
            false,
            "no pool speaks "
                + name(dialect)
                + ", which this path needs; "
                + (whom.isEmpty() ? "no pool is configured" : whom));
  }

  private static String name(Dialect dialect) {
    return dialect.name().toLowerCase(Locale.ROOT);
  }
}
