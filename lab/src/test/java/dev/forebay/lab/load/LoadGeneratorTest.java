package dev.forebay.lab.load;

import static dev.forebay.lab.load.ScriptedServer.HANG_UP;
import static dev.forebay.lab.load.ScriptedServer.STALL;
import static dev.forebay.lab.load.ScriptedServer.delta;
import static dev.forebay.lab.load.ScriptedServer.events;
import static dev.forebay.lab.load.ScriptedServer.whole;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectMapper;

@Timeout(30)
class LoadGeneratorTest {
  private static final String DONE = "data: [DONE]";
  private static final String LAST_CHUNK = "0\r\n\r\n";

  private final List<LoadOutcome> outcomes = Collections.synchronizedList(new ArrayList<>());

  @Test
  void measuresStreamsAndHashesTheirText() throws Exception {
    var head = "x-forebay-replica: r1\r\nx-forebay-attempts: 2\r\n";
    var role = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}";
    try (var server =
        new ScriptedServer((_, _) ->
            events(head, ": hello", role, delta("水"), delta(" gate"), DONE) + LAST_CHUNK)) {
      var report = run(server, streams(20), LoadOptions.of(7));

      assertThat(report.count(Ending.OK)).isEqualTo(20);
      assertThat(report.statuses()).containsEntry(200, 20L);
      assertThat(report.replicas()).containsEntry("r1", 20L);
      assertThat(report.failedOver()).isEqualTo(20);
      assertThat(report.attempts()).isEqualTo(40);
      assertThat(report.deltas()).isEqualTo(40);
      assertThat(report.ttft().getTotalCount()).isEqualTo(20);
      assertThat(report.good()).isEqualTo(20);
    }
    var sha = MessageDigest.getInstance("SHA-256").digest("水 gate".getBytes(UTF_8));
    assertThat(outcomes)
        .allMatch(o -> HexFormat.of().formatHex(sha).equals(o.textSha256()) && o.textBytes() == 8)
        .extracting(LoadOutcome::id)
        .contains("load-7-0", "load-7-19")
        .doesNotHaveDuplicates();
  }

  @Test
  void tellsApartTheWaysAnswersEnd() throws IOException {
    var error = "data: {\"error\":{\"message\":\"upstream died\"}}";
    var answers =
        List.of(
            whole(200, "", "{}"),
            whole(429, "x-forebay-reason: rate_limited\r\n", "{}"),
            events("", delta("a")) + LAST_CHUNK,
            events("", delta("a")) + HANG_UP,
            events("", delta("a"), error) + LAST_CHUNK,
            events("", "data: {half") + LAST_CHUNK,
            HANG_UP,
            "HELLO\r\n\r\n" + HANG_UP,
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf" + HANG_UP,
            "HTTP/1.0 200 OK\r\n\r\nto the end" + HANG_UP);
    try (var server = new ScriptedServer((head, _) -> answers.get(number(head)))) {
      var report = run(server, streams(answers.size()), LoadOptions.of(1));

      assertThat(outcomes)
          .extracting(o -> o.id() + " " + o.ending())
          .containsExactlyInAnyOrder(
              "load-1-0 OK",
              "load-1-1 REFUSED",
              "load-1-2 CUT",
              "load-1-3 CUT",
              "load-1-4 STREAM_ERROR",
              "load-1-5 GARBLED",
              "load-1-6 BROKEN",
              "load-1-7 GARBLED",
              "load-1-8 CUT",
              "load-1-9 OK");
      assertThat(report.reasons()).containsEntry("rate_limited", 1L);
      assertThat(report.successShare()).isEqualTo(0.2);
      assertThat(report.answeredLatency().getTotalCount()).isEqualTo(9);
      assertThat(report.deadlineLatency().getTotalCount()).isEqualTo(10);
      assertThat(report.deadlineLatency().getMaxValue()).isGreaterThan(29_000_000_000L);
    }
  }

  @Test
  void aSilentServerCostsTheTimeoutAndNotTheRun() throws IOException {
    try (var server = new ScriptedServer((_, _) -> STALL)) {
      var report = run(server, streams(5), LoadOptions.of(1).within(Duration.ofMillis(150)));

      assertThat(report.count(Ending.TIMED_OUT)).isEqualTo(5);
      assertThat(report.took()).isBetween(Duration.ofMillis(150), Duration.ofSeconds(5));
    }
  }

  @Test
  void callersHangUpAtTheirDeltaOrTime() throws IOException {
    var arrivals =
        List.of(
            leaving(0, new Patience.LeavesAfterDeltas(2)),
            leaving(1, new Patience.LeavesAfterNanos(100_000_000)),
            leaving(2, new Patience.LeavesAfterNanos(20_000_000_000L)));
    try (var server =
        new ScriptedServer((head, _) ->
            number(head) == 2
                ? events("", delta("a"), DONE) + LAST_CHUNK
                : events("", delta("a"), delta("b"), delta("c")) + STALL)) {
      var report = run(server, arrivals, LoadOptions.of(1));

      assertThat(report.count(Ending.CANCELLED)).isEqualTo(2);
      assertThat(report.count(Ending.OK)).isEqualTo(1);
      assertThat(report.successShare()).isEqualTo(1);
      assertThat(outcomes)
          .filteredOn(o -> o.arrival().prompt() == 0)
          .allMatch(o -> o.deltas() == 2);
    }
  }

  @Test
  void connectionsAreUsedAgain() throws IOException {
    try (var server = new ScriptedServer((_, _) -> whole(200, "", "{}"))) {
      // each call comes 5 ms after the last, which is answered in less
      var arrivals =
          IntStream.range(0, 100)
              .mapToObj(i -> Arrival.of(i * 5_000_000L, 10, 1, false, i))
              .toList();
      var report = run(server, arrivals, LoadOptions.of(1));

      assertThat(report.count(Ending.OK)).isEqualTo(100);
      assertThat(server.connections()).isLessThan(50);
    }
  }

  @Test
  void aCallWithoutAConnectionIsUnsentAndTheRunVoid() throws IOException {
    var one = new LoadOptions(1, Duration.ofMillis(200), 1, 1, true, Slo.DEFAULT);
    try (var server = new ScriptedServer((_, _) -> STALL)) {
      var report = run(server, streams(5), one);

      assertThat(report.count(Ending.UNSENT)).isEqualTo(4);
      assertThat(report.sent()).isEqualTo(1);
      assertThat(report.voidReason()).isPresent();
      assertThat(report.table()).contains("VOID");
    }
  }

  @Test
  void aClosedPortBreaksEveryCall() throws IOException {
    int port;
    try (var unused = new ServerSocket(0)) {
      port = unused.getLocalPort();
    }
    var report = run("http://127.0.0.1:" + port, streams(5), LoadOptions.of(1));

    assertThat(report.count(Ending.BROKEN)).isEqualTo(5);
  }

  @Test
  void severalLoopsShareTheCalls() throws IOException {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    try (var server =
        new ScriptedServer((head, _) -> {
          seen.add(id(head));
          return whole(200, "", "{}");
        })) {
      var options = new LoadOptions(5, Duration.ofSeconds(9), 3, 300, true, Slo.DEFAULT);
      var report = run(server, streams(100), options);

      assertThat(report.offered()).isEqualTo(100);
      assertThat(report.count(Ending.OK)).isEqualTo(100);
      assertThat(seen).hasSize(100);
    }
  }

  @Test
  void requestsAreJsonOfTheLengthAskedFor() throws IOException {
    Set<String> prompts = ConcurrentHashMap.newKeySet();
    try (var server =
        new ScriptedServer((_, body) -> {
          var json = new ObjectMapper().readTree(body);
          assertThat(json.path("max_tokens").asInt()).isEqualTo(12);
          assertThat(json.path("stream").asBoolean()).isTrue();
          var prompt = json.path("messages").path(0).path("content").asString();
          prompts.add(prompt);
          return prompt.length() == 4000 ? whole(200, "", "{}") : whole(400, "", "{}");
        })) {
      var arrivals =
          IntStream.range(0, 20).mapToObj(i -> Arrival.of(0, 1000, 12, true, i % 10)).toList();
      var report = run(server, arrivals, LoadOptions.of(1));

      assertThat(report.count(Ending.OK)).isEqualTo(20);
      assertThat(prompts).hasSize(10);
    }
  }

  @Test
  void theReportIsJsonAndHistogramFiles(@TempDir Path folder) throws IOException {
    try (var server = new ScriptedServer((_, _) -> whole(200, "", "{}"))) {
      var report = run(server, streams(10), LoadOptions.of(1));
      report.writeHistograms(folder.resolve("run"));

      var json = new ObjectMapper().readTree(report.json());
      assertThat(json.path("endings").path("ok").asInt()).isEqualTo(10);
      assertThat(json.path("ms").path("ok").path("n").asInt()).isEqualTo(10);
      assertThat(folder.resolve("run.ok.hgrm")).content().contains("Percentile");
    }
  }

  @Test
  void loadGoesOnlyToThisMachine() {
    assertThatThrownBy(() -> LoadTarget.local("http://192.0.2.1/", "m"))
        .hasMessageContaining("--allow-remote");
    assertThat(LoadTarget.of("http://192.0.2.1/", "m", true).path()).isEqualTo(LoadTarget.CHAT);
  }

  private LoadReport run(ScriptedServer server, List<Arrival> arrivals, LoadOptions options) {
    return run(server.url(), arrivals, options);
  }

  private LoadReport run(String url, List<Arrival> arrivals, LoadOptions options) {
    var observer =
        new LoadObserver() {
          @Override
          public void ended(LoadOutcome outcome) {
            outcomes.add(outcome);
          }

          @Override
          public boolean hashesText() {
            return true;
          }
        };
    try (var generator =
        new LoadGenerator(LoadTarget.local(url, "demo"), arrivals, options, observer)) {
      var report = generator.run();
      var live = generator.live().read();
      assertThat(live.offered()).isEqualTo(arrivals.size());
      assertThat(live.inFlight()).isZero();
      return report;
    }
  }

  private static List<Arrival> streams(int count) {
    return IntStream.range(0, count).mapToObj(i -> Arrival.of(0, 10, 5, true, i)).toList();
  }

  private static Arrival leaving(long prompt, Patience patience) {
    return new Arrival(0, 10, 5, true, prompt, List.of(), patience);
  }

  private static int number(String head) {
    var id = id(head);
    return Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
  }

  private static String id(String head) {
    int at = head.indexOf("x-request-id: ") + 14;
    return head.substring(at, head.indexOf('\r', at));
  }
}
