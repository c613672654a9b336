package dev.forebay.monitor;

import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Note;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// How one call went, from its arrival to its end, and why. Never what was asked or answered.
/// Immutable; keeps nothing of the call alive but its names.
///
/// @param arrivedNanos on the loops' clock, as all moments here
/// @param status that the caller was told; 0 if it left before
/// @param notes what stages found out about the call as a whole
public record Explanation(
    String id,
    Caller caller,
    Operation operation,
    String model,
    boolean stream,
    long arrivedNanos,
    long endedNanos,
    int status,
    Outcome outcome,
    long promptTokens,
    long completionTokens,
    List<Note> notes,
    List<Tried> attempts) {
  /// A caller may name a model of any length.
  private static final int LONGEST_TEXT = 200;

  /// One attempt.
  ///
  /// @param replica empty if none was found
  /// @param firstByteNanos `Progress.NEVER` if none came, as for content
  public record Tried(
      String replica,
      long beganNanos,
      long firstByteNanos,
      long firstContentNanos,
      long endedNanos,
      Outcome outcome,
      List<Note> notes) {

    private static Tried of(Attempt attempt) {
      String replica = attempt.replica();
      return new Tried(
          replica == null ? "" : replica,
          attempt.beganNanos(),
          attempt.firstActivityNanos(),
          attempt.firstContentNanos(),
          attempt.endedNanos(),
          kept(Objects.requireNonNull(attempt.outcome(), "has ended")),
          List.copyOf(attempt.notes()));
    }
  }

  /// @param now when it ended
  static Explanation of(Call call, Outcome outcome, long now) {
    Progress progress = call.progress();
    return new Explanation(
        call.id(),
        call.caller(),
        call.request().operation(),
        shortened(call.request().model()),
        call.request().stream(),
        call.arrivedNanos(),
        now,
        call.status(),
        kept(outcome),
        progress.promptTokens(),
        progress.completionTokens(),
        List.copyOf(call.notes()),
        tried(call));
  }

  private static List<Tried> tried(Call call) {
    List<Tried> tried = new ArrayList<>(call.tried().size());
    for (Attempt attempt : call.tried()) {
      tried.add(Tried.of(attempt));
    }
    return List.copyOf(tried);
  }

  /// Without words that may repeat what was asked.
  private static Outcome kept(Outcome outcome) {
    return outcome instanceof Failed(var cause, boolean contentSent, String detail)
        ? new Failed(cause, contentSent, ownWords(cause) ? shortened(detail) : "")
        : outcome;
  }

  /// Whether the detail of such a failure is the gateway's own: an engine's words, and what is said
  /// of a body, may repeat the prompt.
  private static boolean ownWords(Cause cause) {
    return switch (cause) {
      case CONNECT,
          UPSTREAM_ERROR,
          UPSTREAM_ACCOUNT,
          UPSTREAM_FORBIDDEN,
          FORBIDDEN,
          UNAUTHENTICATED,
          UNKNOWN_MODEL,
          UNKNOWN_ROUTE,
          UNKNOWN_OBJECT,
          UNKNOWN_PREVIOUS,
          TOO_LARGE,
          UNSUPPORTED_ENCODING,
          REQUEST_TIMEOUT,
          DEADLINE,
          FIRST_CONTENT_TIMEOUT,
          IDLE_TIMEOUT,
          TOTAL_TIMEOUT,
          SLOW_READER,
          CLIENT_GONE,
          DRAINED ->
          true;
      case INVALID_REQUEST, UPSTREAM_BROKE, FAKE_SUCCESS, INTERNAL -> false;
    };
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
  }
}
