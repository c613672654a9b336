package dev.forebay.server.http;

import dev.forebay.pipeline.Allowance;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Deferred;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.FromCache;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.server.openai.JsonText;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What a caller is told when no replica's answer is: the one place where an outcome becomes a
/// status, a code and words.
///
/// @param status HTTP status
/// @param type the error's type as the dialect's own services name it
/// @param code what happened, for programs; the same in `x-forebay-reason`
/// @param message what happened, for people
/// @param retryAfter when to come back; zero if there is nothing to say
/// @param param the member of the body that is to blame; null if none is
public record Answer(
    int status,
    String type,
    String code,
    String message,
    Duration retryAfter,
    @Nullable String param) {
  private static final Duration LEAST_SPREAD = Duration.ofMillis(20);
  private static final String GATEWAY_FULL = "gateway_full";

  Answer(int status, String type, String code, String message, Duration retryAfter) {
    this(status, type, code, message, retryAfter, null);
  }

  /// Whether another gateway may well serve what this one refused.
  boolean elsewhere() {
    return code.equals(GATEWAY_FULL);
  }

  /// The same, naming the member of the body that is to blame.
  Answer about(@Nullable String param) {
    return param == null ? this : new Answer(status, type, code, message, retryAfter, param);
  }

  /// The same, telling which limit refused the call and when it would pass.
  Answer because(@Nullable Allowance allowance) {
    if (allowance == null || allowance.refusal() == null) {
      return this;
    }
    String when = "; try again in " + AllowanceLines.span(retryAfter);
    return new Answer(
        status, type, code, message + ": " + allowance.refusal() + when, retryAfter, param);
  }

  /// The same, to be tried up to a tenth later, so that those who were refused together do not come
  /// back together. Never earlier.
  Answer spread(RandomGenerator random) {
    long most = Math.max(LEAST_SPREAD.toNanos(), retryAfter.toNanos() / 10);
    Duration later = retryAfter.plusNanos(random.nextLong(most));
    return new Answer(status, type, code, message, later, param);
  }

  /// What the caller is told of an outcome.
  ///
  /// @param overloadStatus what overload is told as: 503, 429 or 529
  public static Answer to(Outcome outcome, int overloadStatus) {
    return switch (outcome) {
      case Served(int status) -> new Answer(status, "", "ok", "", Duration.ZERO);
      case FromCache() -> new Answer(200, "", "ok", "", Duration.ZERO);
      case Deferred(String taskId) -> new Answer(202, "", "accepted", taskId, Duration.ZERO);
      case Shed(Reason reason, Duration retryAfter) -> shed(reason, retryAfter, overloadStatus);
      case Failed(Cause cause, _, String detail) -> failed(cause, detail);
    };
  }

  private static Answer shed(Reason reason, Duration retryAfter, int overloadStatus) {
    return switch (reason) {
      case NO_REPLICA ->
          new Answer(
              503, "server_error", "no_replica", "no replica can take this call now", retryAfter);
      case REPLICA_DOWN ->
          new Answer(
              503,
              "server_error",
              "replica_down",
              "the replica that holds the stored object is down now",
              retryAfter);
      case UPSTREAM_BUSY ->
          new Answer(
              overloadStatus,
              "overloaded_error",
              "server_overloaded",
              "whoever serves this model is overloaded now, or asked for a pause",
              retryAfter);
      case UPSTREAM_ACCOUNT ->
          new Answer(
              503,
              "server_error",
              "upstream_account",
              "the gateway's own account with whoever serves this model is refused;"
                  + " its operator is told",
              retryAfter);
      case POOL_FULL -> overloaded("no replica has room", retryAfter, overloadStatus);
      case ACCOUNT_FULL ->
          overloaded(
              "as many calls are under way as the provider of this model allows",
              retryAfter,
              overloadStatus);
      case ACCOUNT_LIMITED ->
          overloaded(
              "what the provider of this model allows in a minute is used up",
              retryAfter,
              overloadStatus);
      case QUEUE_FULL -> overloaded("the queue for this model is full", retryAfter, overloadStatus);
      case DISPLACED ->
          overloaded("more urgent calls took its place in the queue", retryAfter, overloadStatus);
      case TOO_LATE ->
          overloaded("so many calls wait that it would be too late", retryAfter, overloadStatus);
      case OVERDUE ->
          new Answer(
              overloadStatus,
              "overloaded_error",
              "queue_timeout",
              "it waited as long as it may, and there was no room",
              retryAfter);
      case BODIES_FULL ->
          new Answer(
              overloadStatus,
              "overloaded_error",
              "server_overloaded",
              "the gateway holds as many request bytes as it may",
              retryAfter);
      case GATEWAY_FULL ->
          new Answer(
              503,
              "overloaded_error",
              GATEWAY_FULL,
              "this gateway has too little of its own memory, connections or time",
              retryAfter);
      case DRAINING ->
          new Answer(503, "server_error", "draining", "the gateway is shutting down", retryAfter);
      case RATE_LIMITED -> limited("rate_limit_exceeded", "too many requests", retryAfter);
      case TOKENS_LIMITED -> limited("tokens_limit_exceeded", "too many tokens", retryAfter);
      case CONCURRENCY_LIMITED ->
          limited("concurrency_limit_exceeded", "too many calls at once", retryAfter);
      case BUDGET_SPENT -> limited("budget_spent", "the budget is spent", retryAfter);
    };
  }

  private static Answer overloaded(String why, Duration retryAfter, int status) {
    return new Answer(status, "overloaded_error", "server_overloaded", why, retryAfter);
  }

  private static Answer limited(String code, String message, Duration retryAfter) {
    return new Answer(429, "rate_limit_error", code, message, retryAfter);
  }

  private static Answer failed(Cause cause, String detail) {
    return switch (cause) {
      case INVALID_REQUEST -> invalid(400, "invalid_request", detail);
      case UNAUTHENTICATED -> invalid(401, "invalid_api_key", detail);
      case FORBIDDEN -> new Answer(403, "permission_error", "forbidden", detail, Duration.ZERO);
      case UNKNOWN_MODEL -> invalid(404, "model_not_found", detail);
      case UNKNOWN_ROUTE -> invalid(404, "unknown_route", detail);
      case UNKNOWN_OBJECT -> invalid(404, "object_not_found", detail);
      case UNKNOWN_PREVIOUS ->
          // OpenAI's own code for it: clients that know it send the whole conversation again
          invalid(404, "previous_response_not_found", detail).about("previous_response_id");
      case TOO_LARGE -> invalid(413, "request_too_large", detail);
      case UNSUPPORTED_ENCODING -> invalid(415, "unsupported_encoding", detail);
      case REQUEST_TIMEOUT -> invalid(408, "request_timeout", detail);
      case CONNECT, UPSTREAM_BROKE, UPSTREAM_ERROR -> upstream(502, "upstream_error", detail);
      case UPSTREAM_ACCOUNT, UPSTREAM_FORBIDDEN -> upstream(503, "upstream_account", detail);
      case FAKE_SUCCESS -> upstream(502, "upstream_empty_answer", detail);
      case DEADLINE -> upstream(504, "deadline_exceeded", detail);
      case FIRST_CONTENT_TIMEOUT -> upstream(504, "first_content_timeout", detail);
      case IDLE_TIMEOUT -> upstream(504, "idle_timeout", detail);
      case TOTAL_TIMEOUT -> upstream(504, "total_timeout", detail);
      case SLOW_READER -> upstream(504, "slow_reader", detail);
      case CLIENT_GONE -> upstream(499, "client_gone", detail);
      case DRAINED -> upstream(503, "draining", detail);
      case INTERNAL -> upstream(500, "internal_error", detail);
    };
  }

  private static Answer invalid(int status, String code, String detail) {
    return new Answer(status, "invalid_request_error", code, detail, Duration.ZERO);
  }

  private static Answer upstream(int status, String code, String detail) {
    return new Answer(status, "server_error", code, detail, Duration.ZERO);
  }

  /// The error as the dialect's clients read it.
  String json(Dialect dialect, String callId) {
    StringBuilder json = new StringBuilder(160 + message.length());
    switch (dialect) {
      case OPENAI -> {
        quote(json.append("{\"error\":{\"message\":"), message);
        quote(json.append(",\"type\":"), type);
        quote(json.append(",\"param\":"), param);
        quote(json.append(",\"code\":"), code);
        json.append("}}");
      }
      case ANTHROPIC -> {
        quote(json.append("{\"type\":\"error\",\"error\":{\"type\":"), anthropicType());
        quote(json.append(",\"message\":"), message);
        quote(json.append(",\"code\":"), code);
        quote(json.append("},\"request_id\":"), callId);
        json.append('}');
      }
    }
    return json.toString();
  }

  private static void quote(StringBuilder json, @Nullable String text) {
    if (text == null) {
      json.append("null");
    } else {
      JsonText.quote(json, text);
    }
  }

  private String anthropicType() {
    return switch (status) {
      case 400, 408, 415 -> "invalid_request_error";
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 503, 529 -> "overloaded_error";
      case 504 -> "timeout_error";
      default -> "api_error";
    };
  }

  /// The error as an event in a stream that has begun. It is named in OpenAI's dialect too, where
  /// most clients look only at its data: some take an error without a name for a silent end.
  String event(Dialect dialect, String callId) {
    return "event: error\ndata: " + json(dialect, callId) + "\n\n";
  }
}
