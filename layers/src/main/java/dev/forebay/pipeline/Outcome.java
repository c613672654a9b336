package dev.forebay.pipeline;

import java.time.Duration;

/// How a call, or one attempt of it, ended. Closed, so that each place which must answer a new kind
/// fails to compile until it does.
public sealed interface Outcome {

  /// An upstream answered and the answer was passed on whole, its own refusals (4xx) among them.
  ///
  /// @param status the HTTP status that the caller saw
  record Served(int status) implements Outcome {}

  /// A stored answer was given; no upstream was touched.
  record FromCache() implements Outcome {}

  /// The call was accepted and will be answered later under this id.
  record Deferred(String taskId) implements Outcome {}

  /// Refused on purpose, before any content.
  ///
  /// @param retryAfter when it is worth coming back; zero if nobody can say
  record Shed(Reason reason, Duration retryAfter) implements Outcome {}

  /// Could not be answered.
  ///
  /// @param contentSent whether content had already reached the caller
  /// @param detail what happened, for the caller and the log; names no secret
  record Failed(Cause cause, boolean contentSent, String detail) implements Outcome {}

  /// Why a call is refused on purpose.
  enum Reason {
    /// Every replica of the pool is down, ejected or already tried.
    NO_REPLICA,
    /// The one replica that can serve the call is down.
    REPLICA_DOWN,
    /// The replicas themselves said that they are overloaded.
    UPSTREAM_BUSY,
    /// The account on whose behalf the gateway would have to ask is spent or refused.
    UPSTREAM_ACCOUNT,
    /// No replica has room for the call; whoever can wait waits for it in the queue.
    POOL_FULL,
    /// As many calls are under way for the account as its provider allows; likewise.
    ACCOUNT_FULL,
    /// The requests or tokens that its provider allows the account in a minute are used up.
    ACCOUNT_LIMITED,
    /// As many calls, or as much work, wait for the pool as may, and none of them is worse than
    /// this.
    QUEUE_FULL,
    /// A more urgent call took this one's place in the queue.
    DISPLACED,
    /// It would be served too late to be of use, and is told so at once.
    TOO_LATE,
    /// It waited, and can no longer be served in time.
    OVERDUE,
    /// The gateway holds as many bytes of request bodies as it may.
    BODIES_FULL,
    /// The gateway's own process has too little of something, and takes no more calls until it has
    /// enough.
    GATEWAY_FULL,
    /// The gateway is shutting down.
    DRAINING,
    /// The caller, or all together, asked more often than a limit allows.
    RATE_LIMITED,
    /// As `RATE_LIMITED`, counted in tokens.
    TOKENS_LIMITED,
    /// As many calls are under way as a limit allows.
    CONCURRENCY_LIMITED,
    /// The caller's money for the day or the month is spent.
    BUDGET_SPENT
  }

  /// Why a call fails.
  enum Cause {
    INVALID_REQUEST,
    /// The caller showed no key, or none that may be used.
    UNAUTHENTICATED,
    FORBIDDEN,
    UNKNOWN_MODEL,
    UNKNOWN_ROUTE,
    /// The stored object that the path names is not known, or its replica is gone.
    UNKNOWN_OBJECT,
    /// As `UNKNOWN_OBJECT`, of the response that a new one was to follow.
    UNKNOWN_PREVIOUS,
    TOO_LARGE,
    UNSUPPORTED_ENCODING,
    REQUEST_TIMEOUT,
    /// No connection to the replica: nothing of the request can have been read.
    CONNECT,
    /// The connection broke, or the answer ended before it was whole.
    UPSTREAM_BROKE,
    /// The replica answered 5xx, other than to say that it is busy.
    UPSTREAM_ERROR,
    /// The replica refused the gateway's own account: its money is spent, or its key is not
    /// accepted.
    UPSTREAM_ACCOUNT,
    /// The replica forbade the gateway's own account what was asked; that may hold for this call
    /// alone.
    UPSTREAM_FORBIDDEN,
    /// The replica answered 200 and gave nothing, or an error, or rubbish.
    FAKE_SUCCESS,
    /// The caller's own deadline passed before any content.
    DEADLINE,
    /// The gateway's limit for the first content passed.
    FIRST_CONTENT_TIMEOUT,
    IDLE_TIMEOUT,
    TOTAL_TIMEOUT,
    SLOW_READER,
    CLIENT_GONE,
    DRAINED,
    INTERNAL
  }
}
