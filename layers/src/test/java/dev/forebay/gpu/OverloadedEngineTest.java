package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.HandLoop;
import dev.forebay.Seeds;
import dev.forebay.fleet.Ask;
import dev.forebay.fleet.Capacity.Answer;
import dev.forebay.fleet.Capacity.Reserved;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.gpu.Placement.Uncompared;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/// What a real engine showed while it was driven from idle into overload (liao4s/BurstGPT_test:
/// vLLM with a 1B model on 24 GiB; arrivals of BurstGPT, Wang et al., KDD 2025, CC-BY-4.0), and
/// what the gateway's own `Room` would have made of it: it is asked for every call when that came,
/// learns of its answer as it grows, and gets a reading each half second. Whatever it says the call
/// is sent, as it was, since that is what the readings are of.
class OverloadedEngineTest {
  private static final OptionalLong NONE = OptionalLong.empty();
  private static final long SECOND = 1_000_000_000L;
  private static final long LOOK = SECOND / 4;
  private static final int TOO_MANY_WAIT = 10;
  private static final String[] OVERLOADED = {"300", "500", "700", "900", "1500"};

  /// Llama-3.2-1B in bf16 on 24 GiB, of which vLLM takes 0.9.
  private static final OptionalLong KV_TOKENS =
      OptionalLong.of(
          KvFormula.tokens(new KvShape.Heads(16, 8, 64, 2), 24.0 * (1L << 30), 0.9, 2.5e9, 1));

  /// Recorded lengths are not tokens: so many of them made one by the engine's own throughput.
  private static final double IN_A_TOKEN = 1.25;

  private static final double OUT_A_TOKEN = 6.5;

  /// One call; times in seconds, lengths in tokens.
  private record Span(double from, double begun, double to, int prompt, int output) {}

  private record Shown(double at, Telemetry telemetry) {}

  /// When there was first no room for a call, and when more than 10 were first seen to wait;
  /// infinite if never.
  private record Seen(double heldBack, double tooManyWait) {}

  @Test
  void refusingAboveNineTenthsOfTheMemoryRefusesAnIdleServer() throws IOException {
    Path folder = data();
    for (String run : List.of("100", "300", "500", "700", "900", "1500")) {
      double[] first = rows(folder.resolve("scale" + run + "_gpu.csv.gz"), 5).getFirst();
      double used = first[1] / first[2];
      assertThat(first[3]).as("its utilisation").isZero();
      assertThat(used).isGreaterThan(0.90);
      DeviceReading idle =
          new DeviceReading(
              OptionalLong.of((long) first[2] << 20),
              OptionalLong.of((long) first[1] << 20),
              OptionalLong.of((long) (first[2] - first[1]) << 20),
              OptionalDouble.of(first[3] / 100),
              NONE,
              NONE,
              false);
      var replay = new Replay();
      replay.room.observed(telemetry(0, 0, 0, 0), Tripwire.of(idle, true), 0);
      assertThat(replay.ask(new Span(0, 1, 2, 500, 100), 3)).isInstanceOf(Reserved.class);
    }
  }

  @Test
  void itHoldsBackBeforeMoreThanTenWaitInTheEngine(TestReporter reporter) throws IOException {
    Path folder = data();
    for (String run : OVERLOADED) {
      Seen seen = replay(folder, run);
      reporter.publishEntry("run " + run, seen.toString());
      assertThat(seen.tooManyWait()).isFinite();
      assertThat(seen.heldBack()).as("run " + run).isLessThan(seen.tooManyWait());
    }
  }

  @Test
  void itNeverHoldsBackWhereTheEngineKeepsUp() throws IOException {
    assertThat(replay(data(), "100"))
        .isEqualTo(new Seen(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY));
  }

  @Test
  void theSameOnAnEngineMadeUpHere() {
    // at most 32 at once, each for a second
    assertThat(replay(20).heldBack()).isInfinite();
    Seen overload = replay(40);
    assertThat(overload.tooManyWait()).isFinite();
    assertThat(overload.heldBack()).isLessThan(overload.tooManyWait());
  }

  /// Ten seconds of that many calls a second.
  private static Seen replay(int perSecond) {
    var places = new PriorityQueue<>(Collections.nCopies(32, 0.0));
    List<Span> calls = new ArrayList<>();
    for (int i = 0; i < 10 * perSecond; i++) {
      double from = (double) i / perSecond;
      double begun = Math.max(from, Objects.requireNonNull(places.poll())) + 0.05;
      places.add(begun + 1);
      calls.add(new Span(from, begun, begun + 1, 100, 100));
    }
    List<Shown> shown = new ArrayList<>();
    for (double at = 0; at < 10; at += 0.5) {
      double now = at;
      long out = calls.stream().filter(call -> call.from() <= now && now < call.to()).count();
      long running = Math.min(32, out);
      shown.add(new Shown(at, telemetry(at, (double) running, (double) (out - running), 10)));
    }
    return replay(shown, calls);
  }

  private static Seen replay(Path folder, String run) throws IOException {
    List<Shown> shown = new ArrayList<>();
    for (double[] row : rows(folder.resolve("scale" + run + "_engine.csv.gz"), 8)) {
      shown.add(new Shown(row[0], telemetry(row[0], row[3], row[5], row[6])));
    }
    List<Span> calls = new ArrayList<>();
    for (double[] row : rows(folder.resolve("scale" + run + "_requests.csv.gz"), 7)) {
      // recorded when they ended
      double from = row[0] - row[5];
      int prompt = (int) Math.ceil(row[2] / IN_A_TOKEN);
      int output = (int) Math.ceil(row[3] / OUT_A_TOKEN);
      calls.add(new Span(from, from + row[4], row[0], prompt, output));
    }
    return replay(shown, calls);
  }

  private static Seen replay(List<Shown> shown, List<Span> calls) {
    return new Replay().of(shown, calls);
  }

  /// All that happens, in its order.
  private static final class Replay {
    private final HandLoop loop = new HandLoop();
    private final Replica replica = new Replica("gpu-0", URI.create("http://gpu-0"), null);
    private final Pool pool = new Pool("chat", Dialect.OPENAI, false, List.of(replica));
    private final Estimator estimator = new Estimator();
    private final Room room = new Room(replica, estimator);
    private final RandomGenerator random = Seeds.random(1);
    private final PriorityQueue<Event> events =
        new PriorityQueue<>(Comparator.comparingLong(Event::at));
    private double heldBack = Double.POSITIVE_INFINITY;
    private double tooManyWait = Double.POSITIVE_INFINITY;

    private record Event(long at, Runnable what) {}

    Seen of(List<Shown> shown, List<Span> calls) {
      shown.forEach(each -> at(each.at(), () -> shown(each)));
      calls.forEach(span -> at(span.from(), () -> begin(span)));
      for (Event next = events.poll(); next != null; next = events.poll()) {
        loop.now(next.at());
        next.what().run();
      }
      return new Seen(heldBack, tooManyWait);
    }

    private void at(double seconds, Runnable what) {
      events.add(new Event((long) (seconds * SECOND), what));
    }

    private void shown(Shown shown) {
      room.observed(shown.telemetry(), Optional.empty(), loop.nanoTime());
      if (shown.telemetry().waiting().orElseThrow() > TOO_MANY_WAIT) {
        tooManyWait = Math.min(tooManyWait, shown.at());
      }
    }

    @Nullable Answer ask(Span span, int priority) {
      return room.tryReserve(asked(span, priority), Uncompared.ONLY, random);
    }

    private Ask asked(Span span, int priority) {
      long now = loop.nanoTime();
      var caller = new Caller("acme", "key", priority, Network.UNKNOWN);
      var call = new Call("call", loop, request(span), caller, now);
      boolean calm = Double.isInfinite(heldBack);
      return new Ask(
          call, estimator.need(call), pool, priority, now + 10 * SECOND, calm, null, now);
    }

    private void begin(Span span) {
      Ask asked = asked(span, 1);
      Call call = asked.call();
      Answer answer = room.tryReserve(asked, Uncompared.ONLY, random);
      if (answer == null) {
        heldBack = Math.min(heldBack, span.from());
        answer = room.reserve(asked, Uncompared.ONLY);
      }
      Reservation held = ((Reserved) answer).reservation();
      at(span.begun(), () -> grow(call, held, span));
      at(span.to(), () -> end(call, held, span));
    }

    private static Request request(Span span) {
      return new Request(
          Operation.CHAT,
          "m",
          true,
          false,
          0,
          1,
          new Request.Prompt((int) (span.prompt() / 0.3), 0, 0, 0, 0),
          null,
          null,
          Double.NaN,
          false,
          true);
    }

    private void grow(Call call, Reservation held, Span span) {
      double now = (double) loop.nanoTime() / SECOND;
      if (now < span.to()) {
        call.progress().delta(loop.nanoTime());
        double done = (now - span.begun()) / (span.to() - span.begun());
        call.progress().usage(span.prompt(), 1 + (long) (done * (span.output() - 1)));
        held.grew(call.progress(), 0, loop.nanoTime());
        events.add(new Event(loop.nanoTime() + LOOK, () -> grow(call, held, span)));
      }
    }

    private void end(Call call, Reservation held, Span span) {
      call.progress().usage(span.prompt(), span.output());
      held.close();
      held.served(call.progress(), loop.nanoTime());
    }
  }

  private static Telemetry telemetry(double at, double running, double waiting, double usage) {
    long nanos = (long) (at * SECOND);
    return new Telemetry(
        nanos,
        nanos,
        OptionalDouble.of(usage / 100),
        KV_TOKENS,
        OptionalLong.of((long) running),
        OptionalLong.of((long) waiting),
        NONE,
        NONE,
        NONE,
        NONE,
        NONE);
  }

  private static Path data() {
    String data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "FOREBAY_DATA is not set: no overloaded engine is replayed");
    return Path.of(data, "vllm_overload");
  }

  private static List<double[]> rows(Path csv, int columns) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(csv)), StandardCharsets.UTF_8))) {
      List<double[]> rows =
          lines
              .lines()
              .skip(1)
              .map(line ->
                  Arrays.stream(line.split(",", -1)).mapToDouble(Double::parseDouble).toArray())
              .toList();
      assertThat(rows).allMatch(row -> row.length == columns);
      return rows;
    }
  }
}
