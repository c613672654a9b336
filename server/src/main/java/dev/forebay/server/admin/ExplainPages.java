package dev.forebay.server.admin;

import dev.forebay.monitor.Explanation;
import dev.forebay.monitor.Explanation.Tried;
import dev.forebay.monitor.Explanations;
import dev.forebay.pipeline.Note;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Progress;
import dev.forebay.queue.Queues;
import dev.forebay.queue.Waiting;
import dev.forebay.server.admin.Page.Content;
import dev.forebay.server.http.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import tools.jackson.databind.json.JsonMapper;

/// Tells how one of the last calls went and why: who called, what each limit said, whether it
/// waited, which replicas were tried and why those, when what happened, and what came of it; and of
/// one that waits, where it stands. All words are made here, on the thread of whoever asks. Safe
/// for many threads at once.
public final class ExplainPages {
  private static final String PATH = "/admin/explain";
  private static final int LISTED = 50;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Explanations explanations;
  private final Queues queues;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  /// @param nanoTime the loops' clock
  public ExplainPages(
      Explanations explanations, Queues queues, InstantSource clock, LongSupplier nanoTime) {
    this.explanations = explanations;
    this.queues = queues;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  public List<Page> pages() {
    return List.of(Page.json(PATH, this::list), Page.folder(PATH + "/", this::one));
  }

  private String list() {
    List<Map<String, Object>> calls = new ArrayList<>();
    for (Explanation each : explanations.latest(LISTED)) {
      var told = new LinkedHashMap<String, Object>();
      told.put("id", each.id());
      told.put("arrived", wall(each.arrivedNanos()).toString());
      told.put("tenant", each.caller().tenant());
      told.put("model", each.model());
      told.put("status", each.status());
      told.put("reason", reason(each.outcome()));
      calls.add(told);
    }
    return print(Map.of("calls", calls));
  }

  private Content one(String id) {
    Waiting waiting = queues.find(id, nanoTime.getAsLong());
    if (waiting != null) {
      return Content.json(200, print(tell(id, waiting)));
    }
    Explanation found = explanations.of(id);
    if (found == null) {
      String kept = "only the last %,d calls that ended are kept".formatted(explanations.size());
      String unknown =
          "no call of this id waits, what is under way is told once it ends, and " + kept;
      return Content.json(404, print(Map.of("error", unknown)));
    }
    return Content.json(200, print(tell(found)));
  }

  private Map<String, Object> tell(String id, Waiting call) {
    var told = new LinkedHashMap<String, Object>();
    told.put("id", id);
    told.put("arrived", wall(call.arrivedNanos()).toString());
    told.put("tenant", call.caller().tenant());
    told.put("priority", call.caller().priority());
    told.put("model", call.model());
    told.put("waits_for", call.pool());
    told.put("queue", call.place().tell());
    return told;
  }

  private Map<String, Object> tell(Explanation call) {
    var told = new LinkedHashMap<String, Object>();
    told.put("id", call.id());
    told.put("arrived", wall(call.arrivedNanos()).toString());
    told.put("tenant", call.caller().tenant());
    told.put("key", call.caller().key());
    told.put("address", call.caller().network().toString());
    told.put("priority", call.caller().priority());
    told.put("operation", call.operation().label());
    told.put("model", call.model());
    told.put("stream", call.stream());
    told.put("status", call.status());
    end(call.outcome(), told);
    told.put("duration_ms", millis(call.endedNanos() - call.arrivedNanos()));
    told.put("tokens_in", call.promptTokens());
    told.put("tokens_out", call.completionTokens());
    for (Note note : call.notes()) {
      told.putAll(note.tell());
    }
    told.put(
        "attempts", call.attempts().stream().map(each -> tell(each, call.arrivedNanos())).toList());
    return told;
  }

  /// Times are counted from the call's arrival.
  private static Map<String, Object> tell(Tried attempt, long arrived) {
    var told = new LinkedHashMap<String, Object>();
    if (!attempt.replica().isEmpty()) {
      told.put("replica", attempt.replica());
    }
    for (Note note : attempt.notes()) {
      told.putAll(note.tell());
    }
    told.put("began_ms", millis(attempt.beganNanos() - arrived));
    moment("first_byte_ms", attempt.firstByteNanos(), arrived, told);
    moment("first_content_ms", attempt.firstContentNanos(), arrived, told);
    moment("ended_ms", attempt.endedNanos(), arrived, told);
    end(attempt.outcome(), told);
    return told;
  }

  private static void end(Outcome outcome, Map<String, Object> told) {
    told.put("reason", reason(outcome));
    switch (outcome) {
      case Shed(Reason why, Duration retryAfter) -> {
        told.put("cause", cause(why));
        told.put("detail", Answer.to(outcome, 503).message());
        if (retryAfter.isPositive()) {
          told.put("retry_after_ms", millis(retryAfter.toNanos()));
        }
      }
      case Failed(Cause why, boolean contentSent, String detail) -> {
        told.put("cause", cause(why));
        told.put("content_sent", contentSent);
        if (!detail.isEmpty()) {
          told.put("detail", detail);
        }
      }
      default -> {}
    }
  }

  /// As metrics and the access log tell it, which is finer than what callers are told.
  private static String cause(Enum<?> why) {
    return why.name().toLowerCase(Locale.ROOT);
  }

  private static void moment(String name, long nanos, long arrived, Map<String, Object> told) {
    if (nanos != Progress.NEVER) {
      told.put(name, millis(nanos - arrived));
    }
  }

  /// As `x-forebay-reason` tells it; `ok` where a replica's answer was passed on.
  private static String reason(Outcome outcome) {
    return Answer.to(outcome, 503).code();
  }

  private Instant wall(long nanos) {
    Instant wall = clock.instant().minusNanos(nanoTime.getAsLong() - nanos);
    return wall.truncatedTo(ChronoUnit.MILLIS);
  }

  /// With three digits behind the point.
  private static double millis(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }

  private static String print(Map<String, Object> told) {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(told) + "\n";
  }
}
