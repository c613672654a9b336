package dev.forebay.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.forebay.gpu.GpuGuard.Signs;
import dev.forebay.gpu.GpuGuard.State;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// What a real engine showed while it was driven from idle into overload (liao4s/BurstGPT_test:
/// vLLM with a 1B model on 24 GiB; arrivals of BurstGPT, Wang et al., KDD 2025, CC-BY-4.0), and
/// what the gateway would have made of it: it sees a reading each half second, and knows at any
/// moment which calls of its own are out.
class OverloadedEngineTest {
  private static final OptionalLong NONE = OptionalLong.empty();
  private static final long SECOND = 1_000_000_000L;
  private static final int TOO_MANY_WAIT = 10;
  private static final String[] OVERLOADED = {"300", "500", "700", "900", "1500"};

  /// One call, seconds.
  private record Span(double from, double to) {}

  private record Shown(double at, Telemetry telemetry) {}

  /// When the guard first held back, and when more than 10 were first seen to wait; infinite if
  /// never.
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
      GpuGuard guard = new GpuGuard();
      guard.turn(new Signs(OptionalDouble.of(0), false, Tripwire.of(idle, true)), 0);
      assertThat(guard.admits(3)).isTrue();
    }
  }

  @Test
  void itHoldsBackBeforeMoreThanTenWaitInTheEngine() throws IOException {
    Path folder = data();
    for (String run : OVERLOADED) {
      Seen seen = replay(folder, run);
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
    // 20 calls a second that each take 1 s keep 20 running; then 60 a second on an engine that
    // runs at most 32 at once
    assertThat(replay(shown(20, 20, 0), calls(20)).heldBack()).isInfinite();
    Seen overload = replay(shown(60, 32, 28), calls(60));
    assertThat(overload.heldBack()).isLessThan(overload.tooManyWait());
  }

  /// Ten seconds of that many calls a second.
  private static List<Span> calls(int perSecond) {
    List<Span> calls = new ArrayList<>();
    for (int i = 0; i < 10 * perSecond; i++) {
      double from = (double) i / perSecond;
      calls.add(new Span(from, from + 1));
    }
    return calls;
  }

  private static List<Shown> shown(int perSecond, int mostRunning, int waiting) {
    List<Shown> shown = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      double out = Math.min(1, i / 2.0) * perSecond;
      double running = Math.min(out, mostRunning);
      double line = Math.min(out - running, waiting);
      shown.add(new Shown(i / 2.0, telemetry(i / 2.0, running, line, 10)));
    }
    return shown;
  }

  private static Seen replay(Path folder, String run) throws IOException {
    List<Shown> shown = new ArrayList<>();
    for (double[] row : rows(folder.resolve("scale" + run + "_engine.csv.gz"), 8)) {
      shown.add(new Shown(row[0], telemetry(row[0], row[3], row[5], row[6])));
    }
    List<Span> calls = new ArrayList<>();
    for (double[] row : rows(folder.resolve("scale" + run + "_requests.csv.gz"), 7)) {
      // recorded when they ended
      calls.add(new Span(row[0] - row[5], row[0]));
    }
    return replay(shown, calls);
  }

  private static Seen replay(List<Shown> shown, List<Span> calls) {
    GpuGuard guard = new GpuGuard();
    double heldBack = Double.POSITIVE_INFINITY;
    double tooManyWait = Double.POSITIVE_INFINITY;
    int next = 0;
    for (double now = shown.getFirst().at(); now <= shown.getLast().at(); now += 0.25) {
      while (next + 1 < shown.size() && shown.get(next + 1).at() <= now) {
        next++;
      }
      Telemetry last = shown.get(next).telemetry();
      double at = now;
      long own = calls.stream().filter(call -> call.from() <= at && at < call.to()).count();
      boolean crowded = EngineQueue.crowded(last, own);
      // No ledger stands here, so what the engine holds stands for what was promised.
      Signs signs = new Signs(last.kvUsage(), crowded, Optional.empty());
      if (guard.turn(signs, (long) (now * SECOND)) != State.OPEN && heldBack > now) {
        heldBack = now;
      }
      if (last.waiting().orElseThrow() > TOO_MANY_WAIT && tooManyWait > now) {
        tooManyWait = shown.get(next).at();
      }
    }
    return new Seen(heldBack, tooManyWait);
  }

  private static Telemetry telemetry(double at, double running, double waiting, double usage) {
    long nanos = (long) (at * SECOND);
    return new Telemetry(
        nanos,
        nanos,
        OptionalDouble.of(usage / 100),
        NONE,
        OptionalLong.of((long) running),
        OptionalLong.of((long) waiting),
        OptionalLong.of(256),
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
