package dev.forebay.lab.engine;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;

/// One accepted request: hands its choices to the scheduler and their tokens to the client, and
/// lets the faults drawn for it happen. Lives on the engine's event loop.
final class Exchange {

  private final FakeEngine engine;
  private final Dialect dialect;
  private final Answer answer;
  private final String requestId;
  private final Misfortune misfortune;
  private final Reply reply;
  private final Runnable afterwards;

  private final List<Sequence<Slot>> sequences = new ArrayList<>();
  private final int[] sent;
  private int sentInAll;
  private int unfinished;
  private boolean flushDue;
  private boolean stalled;
  private boolean over;

  /// @param afterwards run once the response has been handed to the socket in full
  Exchange(
      FakeEngine engine,
      Dialect dialect,
      Answer answer,
      String requestId,
      Misfortune misfortune,
      Reply reply,
      Runnable afterwards) {
    this.engine = engine;
    this.dialect = dialect;
    this.answer = answer;
    this.requestId = requestId;
    this.misfortune = misfortune;
    this.reply = reply;
    this.afterwards = afterwards;
    this.sent = new int[answer.choices().size()];
    this.unfinished = answer.choices().size();
  }

  void begin() {
    engine.stored().keep(dialect, answer, false);
    var error = misfortune.find(Fault.ErrorEvent.class);
    if (error != null && !streams()) {
      fault("error", () -> whole(500, dialect.error(500, "Internal server error")));
      return;
    }
    if (streams()) {
      reply.begin(200, headers("text/event-stream; charset=utf-8"), streamLength());
      reply.flush();
    }
    if (error != null && error.afterTokens() == 0) {
      breakWithError();
      return;
    }
    var keepAlive = misfortune.find(Fault.KeepAlive.class);
    if (keepAlive != null) {
      engine.after(keepAlive.interval(), () -> keepAlive(keepAlive));
    }
    var slowStart = misfortune.find(Fault.SlowStart.class);
    if (slowStart == null) {
      submit();
    } else {
      engine.after(slowStart.delay(), this::submit);
    }
  }

  /// One more token of one of its choices.
  void token(int choice) {
    if (over || stalled) {
      return;
    }
    var stall = misfortune.find(Fault.Stall.class);
    var cut = misfortune.find(Fault.Cut.class);
    var error = misfortune.find(Fault.ErrorEvent.class);
    if (stall != null && sentInAll >= stall.afterTokens()) {
      stalled = true;
    } else if (cut != null && sentInAll >= cut.afterTokens() && cutsNow(cut)) {
      fault("cut", () -> reply.cut(cut.reset()));
    } else if (error != null && sentInAll >= error.afterTokens()) {
      breakWithError();
    } else {
      pay(choice);
    }
  }

  String finishReason(int choice) {
    return answer.choices().get(choice).finishReason();
  }

  /// Writes what was collected since the last flush; the engine calls it once an iteration.
  void flush() {
    flushDue = false;
    reply.flush();
  }

  /// The connection is gone.
  ///
  /// @param died the engine closed it, not the client
  void disconnected(boolean died) {
    if (over) {
      return;
    }
    over = true;
    release();
    reply.discard();
    if (died) {
      engine.metrics().faulted++;
      engine.observer().finished(requestId, "fault:died");
    } else {
      engine.metrics().aborted++;
      engine.metrics().ended("abort");
      engine.observer().aborted(requestId, System.nanoTime());
    }
  }

  private void submit() {
    if (over) {
      return;
    }
    for (int i = 0; i < sent.length; i++) {
      sequences.add(
          engine.submit(
              new Slot(this, i),
              answer.promptTokens(),
              answer.cachedTokens(),
              answer.choices().get(i).tokens()));
    }
    engine.advance();
  }

  private void pay(int index) {
    var choice = answer.choices().get(index);
    var events = new StringBuilder(384);
    if (sentInAll++ == 0) {
      engine.observer().firstToken(requestId);
      dialect.open(events, answer);
    }
    int place = sent[index]++;
    dialect.delta(events, answer, index, place);
    engine.observer().delta(requestId, index, choice.token(place).text());
    if (sent[index] == choice.tokens()) {
      dialect.finish(events, answer, index);
      unfinished--;
    }
    if (unfinished == 0) {
      dialect.close(events, answer);
    }
    if (streams()) {
      reply.write(events);
    }
    if (unfinished == 0) {
      complete();
    } else if (streams() && !flushDue) {
      flushDue = true;
      engine.flushLater(this);
    }
  }

  private void complete() {
    over = true;
    engine.stored().keep(dialect, answer, true);
    var cut = misfortune.find(Fault.Cut.class);
    if (!streams() && cut != null && !reply.begun()) {
      String body = dialect.plain(answer);
      reply.begin(200, headers("application/json"), ByteBufUtil.utf8Bytes(body));
      reply.write(body.substring(0, body.length() / 2));
      fault("cut", () -> reply.cut(cut.reset()));
      return;
    }
    if (streams()) {
      reply.end();
    } else if (reply.begun()) {
      reply.write(dialect.plain(answer));
      reply.end();
    } else if (reply.framing() == Reply.Framing.LENGTH) {
      whole(200, dialect.plain(answer));
    } else {
      reply.begin(200, headers("application/json"), 0);
      reply.write(dialect.plain(answer));
      reply.end();
    }
    engine.metrics().finished++;
    engine.observer().finished(requestId, answer.choices().getFirst().finishReason());
    afterwards.run();
  }

  private void keepAlive(Fault.KeepAlive how) {
    if (over || stalled || sentInAll > 0) {
      return;
    }
    if (!reply.begun()) {
      reply.begin(200, headers("application/json"), 0);
    }
    reply.write(streams() ? ": keep-alive\n\n" : "\n");
    reply.flush();
    engine.after(how.interval(), () -> keepAlive(how));
  }

  /// An answer that is not streamed is cut when it is complete, unless nothing may be sent at all.
  private boolean cutsNow(Fault.Cut cut) {
    return streams() || cut.afterTokens() == 0;
  }

  private void breakWithError() {
    fault(
        "error",
        () -> {
          reply.write(dialect.errorEvent(500, "EngineCore encountered an issue."));
          reply.end();
        });
  }

  private void fault(String kind, Runnable last) {
    over = true;
    release();
    engine.metrics().faulted++;
    last.run();
    engine.observer().finished(requestId, "fault:" + kind);
    afterwards.run();
  }

  private void release() {
    sequences.forEach(engine::abort);
  }

  private void whole(int status, String body) {
    reply.whole(status, headers("application/json"), body);
  }

  private boolean streams() {
    return answer.question().stream();
  }

  private HttpHeaders headers(String contentType) {
    return engine.headers(requestId).set(HttpHeaderNames.CONTENT_TYPE, contentType);
  }

  private long streamLength() {
    if (reply.framing() != Reply.Framing.LENGTH) {
      return 0;
    }
    var events = new StringBuilder();
    dialect.open(events, answer);
    for (int i = 0; i < sent.length; i++) {
      for (int place = 0; place < answer.choices().get(i).tokens(); place++) {
        dialect.delta(events, answer, i, place);
      }
      dialect.finish(events, answer, i);
    }
    dialect.close(events, answer);
    return ByteBufUtil.utf8Bytes(events);
  }
}
