package dev.forebay.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.HandLoop;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Note;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Progress;
import dev.forebay.pipeline.Request;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExplanationsTest {
  private final HandLoop loop = new HandLoop();

  @Test
  void theLastCallsAreKeptAndNoOthers() {
    var explanations = new Explanations(3);
    for (int i = 0; i < 5; i++) {
      end(explanations, call("call-" + i, "m"));
    }
    assertThat(explanations.of("call-1")).isNull();
    assertThat(explanations.of("call-2")).isNotNull();
    assertThat(explanations.latest(10))
        .extracting(Explanation::id)
        .containsExactly("call-4", "call-3", "call-2");
    assertThat(explanations.latest(1)).extracting(Explanation::id).containsExactly("call-4");
  }

  @Test
  void ofCallsWithOneIdTheLastIsTold() {
    var explanations = new Explanations(3);
    end(explanations, call("same", "first"));
    end(explanations, call("same", "second"));
    assertThat(Objects.requireNonNull(explanations.of("same")).model()).isEqualTo("second");
  }

  @Test
  void eachAttemptHasItsOwnTimes() {
    Call call = call("fb-1", "m");
    loop.now(10);
    Attempt first = call.attempt(_ -> {});
    first.on("gpu-0");
    loop.now(20);
    first.end(new Failed(Cause.CONNECT, false, "cannot be reached"));
    loop.now(30);
    Attempt second = call.attempt(call::end);
    second.on("gpu-1");
    second.note(() -> Map.of("why", "it was there"));
    call.progress().activity(40);
    call.progress().delta(50);
    call.progress().activity(60);
    loop.now(70);
    second.end(new Served(200));

    Explanation told = Explanation.of(call, new Served(200), 70);

    assertThat(told.attempts().getFirst())
        .isEqualTo(
            new Explanation.Tried(
                "gpu-0",
                10,
                Progress.NEVER,
                Progress.NEVER,
                20,
                new Failed(Cause.CONNECT, false, "cannot be reached"),
                List.of()));
    Explanation.Tried tried = told.attempts().getLast();
    assertThat(tried.beganNanos()).isEqualTo(30);
    assertThat(tried.firstByteNanos()).isEqualTo(40);
    assertThat(tried.firstContentNanos()).isEqualTo(50);
    assertThat(tried.endedNanos()).isEqualTo(70);
    assertThat(tried.notes().getFirst().tell()).containsEntry("why", "it was there");
  }

  @Test
  void whatMayRepeatThePromptIsNotKept() {
    for (Cause cause : Cause.values()) {
      Explanation told =
          Explanation.of(call("fb-1", "m"), new Failed(cause, false, "its words"), 0);
      boolean engines =
          switch (cause) {
            case INVALID_REQUEST, UPSTREAM_BROKE, FAKE_SUCCESS, INTERNAL -> true;
            default -> false;
          };
      assertThat(told.outcome()).isEqualTo(new Failed(cause, false, engines ? "" : "its words"));
    }
  }

  @Test
  void tenThousandCallsTakeSomeMegabytes() {
    int calls = 10_000;
    var explanations = new Explanations(calls);
    long before = used();
    for (int i = 0; i < calls; i++) {
      // A name of a model is never longer than 200 characters here, however long it was.
      Call call = call("fb-" + (1_000_000_000_000L + i), "a-model-of-" + i);
      call.note(new Weighed(4));
      for (int j = 0; j < 2; j++) {
        Attempt attempt = call.attempt(_ -> {});
        attempt.on("gpu-0");
        attempt.note(new Weighed(2));
        attempt.end(new Served(200));
      }
      end(explanations, call);
    }
    long each = (used() - before) / calls;
    System.out.println("bytes for each explained call: " + each);
    assertThat(each).isBetween(200L, 1_000L);
    assertThat(explanations.latest(calls)).hasSize(calls);
  }

  /// As large as what the limits say of four of them.
  private static final class Weighed implements Note {
    private final long[] values;

    Weighed(int values) {
      this.values = new long[values];
    }

    @Override
    public Map<String, Object> tell() {
      return Map.of("values", values.length);
    }
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void manyLoopsMayEndCallsAtOnce() throws InterruptedException {
    var explanations = new Explanations(64);
    var start = new CountDownLatch(1);
    var threads =
        IntStream.range(0, 4)
            .mapToObj(thread ->
                Thread.ofPlatform()
                    .start(() -> {
                      try {
                        start.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                      for (int i = 0; i < 16; i++) {
                        end(explanations, call(thread + "-" + i, "m"));
                      }
                    }))
            .toList();
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(explanations.latest(64)).extracting(Explanation::id).doesNotHaveDuplicates();
    assertThat(explanations.latest(64)).hasSize(64);
  }

  private void end(Explanations explanations, Call call) {
    explanations.started(call);
    explanations.ended(call, new Served(200), loop.nanoTime());
  }

  private Call call(String id, String model) {
    Request request =
        new Request(
            Operation.CHAT,
            model,
            true,
            false,
            100,
            1,
            Request.Prompt.NONE,
            null,
            null,
            Double.NaN,
            false,
            true);
    var caller = new Caller("acme", "ci", 1, new Network(7));
    return new Call(id, loop, request, caller, loop.nanoTime());
  }
}
