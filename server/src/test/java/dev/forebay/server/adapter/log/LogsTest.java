package dev.forebay.server.adapter.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.forebay.monitor.Signals;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Loop;
import dev.forebay.pipeline.Network;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Outcome;
import dev.forebay.pipeline.Outcome.Cause;
import dev.forebay.pipeline.Outcome.Failed;
import dev.forebay.pipeline.Outcome.Reason;
import dev.forebay.pipeline.Outcome.Served;
import dev.forebay.pipeline.Outcome.Shed;
import dev.forebay.pipeline.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogsTest {
  private static final long MS = 1_000_000;

  @TempDir Path folder;

  @Test
  void readingsStandInTheFileExactlyAsTheyAreGiven() throws IOException {
    String line =
        "2024-03-15 14:30:22 INFO [metrics] requests_processed=12450 success_rate=0.997"
            + " avg_latency=482ms gpu_util=68%";
    try (Logs logs = start(true, true)) {
      logs.performance().accept(line);
      logs.performance().accept("with {} in it");
    }
    assertThat(Files.readString(folder.resolve("logs/performance.log")))
        .isEqualTo(line + "\nwith {} in it\n");
    assertThat(folder.resolve("logs/access.json")).isEmptyFile();
  }

  @Test
  void aServedCallTellsWhoServedItAndHowFast() throws IOException {
    JsonNode line =
        only(
            logged(call -> {
              Attempt first = call.attempt(_ -> {});
              first.on("gpu-1");
              first.end(new Failed(Cause.CONNECT, false, "refused"));
              Attempt second = call.attempt(call::end);
              second.on("gpu-2");
              call.progress().delta(100 * MS + 40 * MS);
              call.progress().usage(12, 34);
              call.end(new Served(200));
              return new Served(200);
            }));

    assertThat(line.get("event.dataset").asString()).isEqualTo("forebay.access");
    assertThat(line.get("service.name").asString()).isEqualTo("forebay");
    assertThat(line.get("ecs.version").asString()).isNotEmpty();
    assertThat(line.get("@timestamp").asString()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    assertThat(line.get("log.level").asString()).isEqualTo("INFO");
    assertThat(line.get("message").asString()).isEqualTo("chat served");
    assertThat(line.get("trace.id").asString()).isEqualTo("fb-1");
    assertThat(line.get("model").asString()).isEqualTo("ll\"ama\n{}");
    assertThat(line.get("client.address").asString()).isEqualTo("10.1.2.3");
    assertThat(line.get("operation").asString()).isEqualTo("chat");
    assertThat(line.get("outcome").asString()).isEqualTo("served");
    assertThat(line.get("http.response.status_code").asInt()).isEqualTo(200);
    assertThat(line.get("replica").asString()).isEqualTo("gpu-2");
    assertThat(line.get("attempts").asInt()).isEqualTo(2);
    assertThat(line.get("duration_ms").asDouble()).isEqualTo(250.5);
    assertThat(line.get("ttfc_ms").asDouble()).isEqualTo(40);
    assertThat(line.get("tokens_in").asLong()).isEqualTo(12);
    assertThat(line.get("tokens_out").asLong()).isEqualTo(34);
    assertThat(line.has("reason")).isFalse();
  }

  @Test
  void aRefusedCallTellsWhyAndNoReplica() throws IOException {
    JsonNode line = only(logged(_ -> new Shed(Reason.NO_REPLICA, Duration.ofSeconds(2))));
    assertThat(line.get("outcome").asString()).isEqualTo("shed");
    assertThat(line.get("reason").asString()).isEqualTo("no_replica");
    assertThat(line.get("retry_after_ms").asLong()).isEqualTo(2000);
    assertThat(line.has("replica")).isFalse();
    assertThat(line.has("ttfc_ms")).isFalse();
  }

  @Test
  void aFailedCallTellsItsCauseButNothingThatWasSaid() throws IOException {
    List<String> lines = logged(_ -> new Failed(Cause.UPSTREAM_ERROR, true, "my secret prompt"));
    assertThat(lines.getFirst()).doesNotContain("secret");
    JsonNode line = only(lines);
    assertThat(line.get("outcome").asString()).isEqualTo("failed");
    assertThat(line.get("reason").asString()).isEqualTo("upstream_error");
    assertThat(line.get("content_sent").asBoolean()).isTrue();
  }

  @Test
  void whatIsNotWantedIsNotMade() throws IOException {
    try (Logs logs = start(false, false)) {
      assertThat(logs.signals()).isEmpty();
      logs.performance().accept("nobody reads this");
    }
    assertThat(folder.resolve("logs")).doesNotExist();
  }

  @Test
  void everyLineIsWrittenOrCountedAsDropped() throws IOException {
    int told = 30_000;
    long dropped;
    try (Logs logs = start(false, true)) {
      for (int i = 0; i < told; i++) {
        logs.performance().accept("line " + i);
      }
      dropped = logs.dropped();
    }
    long written = Files.readAllLines(folder.resolve("logs/performance.log")).size();
    assertThat(written + dropped).isEqualTo(told);
    assertThat(written).isGreaterThanOrEqualTo(8192);
  }

  @Test
  void linesOfAnEarlierRunAreKept() throws IOException {
    for (int run = 0; run < 2; run++) {
      try (Logs logs = start(false, true)) {
        logs.performance().accept("run " + run);
      }
    }
    assertThat(folder.resolve("logs/performance.log")).hasContent("run 0\nrun 1");
  }

  @Test
  void aFileThatCannotBeWrittenIsRefusedAtTheStart() throws IOException {
    Files.createDirectories(folder.resolve("logs/access.json"));
    assertThatIOException()
        .isThrownBy(() -> start(true, true).close())
        .withMessageContaining("access.json");
  }

  private Logs start(boolean access, boolean performance) throws IOException {
    return Logs.start(new LogConfig(folder.resolve("logs").toString(), access, performance));
  }

  private interface Life {
    Outcome of(Call call);
  }

  private List<String> logged(Life life) throws IOException {
    try (Logs logs = start(true, false)) {
      Signals access = logs.signals().getFirst();
      Request request =
          new Request(
              Operation.CHAT,
              "ll\"ama\n{}",
              true,
              true,
              0,
              1,
              Request.Prompt.NONE,
              "mallory",
              null,
              1,
              false,
              true);
      Caller caller = Caller.anonymous(Network.of(new byte[] {10, 1, 2, 3}));
      Call call = new Call("fb-1", new StandingLoop(), request, caller, 100 * MS);
      access.started(call);
      access.ended(call, life.of(call), 350 * MS + MS / 2);
    }
    return Files.readAllLines(folder.resolve("logs/access.json"));
  }

  private static JsonNode only(List<String> lines) {
    assertThat(lines).hasSize(1);
    return JsonMapper.shared().readTree(lines.getFirst());
  }

  private static final class StandingLoop implements Loop {
    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public Timer at(long nanoTime, Runnable task) {
      return () -> {};
    }

    @Override
    public long nanoTime() {
      return 0;
    }
  }
}
