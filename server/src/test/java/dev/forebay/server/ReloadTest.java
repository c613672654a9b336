package dev.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.forebay.server.Reloaded.Refused;
import dev.forebay.server.Reloaded.Switched;
import dev.forebay.server.Reloaded.Unchanged;
import dev.forebay.server.config.ConfigFile;
import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ReloadTest {
  private static final Instant NOW = Instant.parse("2024-03-15T14:30:22Z");
  private static final String VALID =
      "pools: {chat: {models: [m], replicas: ['http://h:1'], key: hush}}\n";

  @TempDir Path folder = Path.of("set by JUnit");

  private final List<GatewayConfig> ran = new ArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Reload.class);
  private Path path = Path.of("set below");
  private Reload.Switch runs =
      config -> {
        ran.add(config);
        return List.of("+ chat/h:2");
      };

  @BeforeEach
  void listen() {
    path = folder.resolve("forebay.yaml");
    logger.setAdditive(false);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    logger.setAdditive(true);
  }

  @Test
  void switchesToWhatTheFileSaysAndTellsWhatChanged() throws Exception {
    Reload reload = running(VALID);
    assertThat(reload.status().version()).startsWith("1-");
    Files.writeString(path, VALID + "gpu: {slowStart: 1s}\n");
    reload.turn(NOW);
    assertThat(ran).hasSize(1);
    assertThat(reload.config()).isSameAs(ran.getFirst());
    assertThat(reload.status().version()).startsWith("2-");
    assertThat(reload.switched()).isOne();
    assertThat(lines(Level.INFO))
        .containsExactly(
            "configuration %s runs now; changed: gpu.slowStart, + chat/h:2"
                .formatted(reload.status().version()));
  }

  @Test
  void aFileThatSaysTheSameIsNoReload() throws Exception {
    Reload reload = running(VALID);
    Files.writeString(path, "# only a comment\n" + VALID);
    reload.turn(NOW);
    assertThat(ran).isEmpty();
    assertThat(reload.status().version()).startsWith("1-");
    assertThat(reload.fromFile()).isEqualTo(new Unchanged(reload.status().version()));
    assertThat(log.list).isEmpty();
  }

  @Test
  void aBrokenFileChangesNothingAndIsComplainedOfOnce() throws Exception {
    Reload reload = running(VALID);
    Files.writeString(path, VALID + "gpu: {slowStrat: 1s}\n");
    reload.turn(NOW);
    reload.turn(NOW);
    assertThat(reload.fromFile()).isInstanceOf(Refused.class);
    assertThat(ran).isEmpty();
    assertThat(reload.status().version()).startsWith("1-");
    assertThat(reload.refused()).isEqualTo(2);
    assertThat(lines(Level.ERROR)).singleElement().asString().contains("slowStart");
    assertThat(reload.status().json())
        .contains("slowStrat", "\"at\" : \"2024-03-15T14:30:22Z\"", "forebay.yaml")
        .contains("\"key\" : \"***\"")
        .doesNotContain("hush");
  }

  @Test
  void aRefusalIsForgottenOnceTheFileSaysWhatRuns() throws Exception {
    Reload reload = running(VALID);
    Files.delete(path);
    reload.turn(NOW);
    assertThat(reload.status().json()).contains("forebay.yaml does not exist");
    Files.writeString(path, VALID);
    reload.turn(NOW);
    assertThat(reload.status().refusal()).isNull();
    assertThat(ran).isEmpty();
  }

  @Test
  void whatNeedsARestartIsRefusedAsAWhole() throws Exception {
    Reload reload = running(VALID);
    Files.writeString(path, VALID + "http: {loops: 3, drain: 1s}\nlog: {access: false}\n");
    assertThat(reload.fromFile())
        .isEqualTo(
            new Refused(
                "http.loops, log.access cannot change while the gateway runs: this needs a"
                    + " restart"));
    assertThat(ran).isEmpty();
  }

  @Test
  void whatTheGatewayCannotDoIsRefused() throws Exception {
    runs =
        _ -> {
          throw new IllegalArgumentException("pools.chat.tls: no such file");
        };
    Reload reload = running(VALID);
    Files.writeString(path, VALID + "gpu: {slowStart: 1s}\n");
    assertThat(reload.onRequest().status()).isEqualTo(422);
    assertThat(reload.onRequest().body()).isEqualTo("pools.chat.tls: no such file\n");
    assertThat(reload.status().version()).startsWith("1-");
  }

  @Test
  void whoAsksIsToldTheVersion() throws Exception {
    Reload reload = running(VALID);
    assertThat(reload.onRequest().body()).contains(reload.status().version(), "already");
    Files.writeString(path, VALID + "gpu: {slowStart: 1s}\n");
    var answer = reload.onRequest();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).startsWith(reload.status().version()).contains("gpu.slowStart");
  }

  @Test
  void withoutAFileThereIsNothingToRead() throws Exception {
    var reload = new Reload(config(VALID), null, runs, InstantSource.fixed(NOW));
    assertThat(reload.onRequest().status()).isEqualTo(422);
    assertThat(reload.to(config(VALID + "gpu: {slowStart: 1s}\n"))).isInstanceOf(Switched.class);
  }

  @Test
  void aGatewayThatStopsTakesNoOtherConfiguration() throws Exception {
    Reload reload = running(VALID);
    reload.stop();
    assertThat(reload.to(config(VALID + "gpu: {slowStart: 1s}\n"))).isInstanceOf(Refused.class);
    assertThat(ran).isEmpty();
  }

  private Reload running(String yaml) throws IOException {
    Files.writeString(path, yaml);
    var file = new ConfigFile(path, new ConfigLoader(_ -> null), it -> it);
    return new Reload(file.load(), file, config -> runs.to(config), InstantSource.fixed(NOW));
  }

  private static GatewayConfig config(String yaml) {
    return new ConfigLoader(_ -> null).parse(yaml, "test", Path.of(""));
  }

  private List<String> lines(Level level) {
    return log.list.stream()
        .filter(each -> each.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }
}
