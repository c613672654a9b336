package dev.forebay.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final String POOL = "pools: {chat: {models: [m], replicas: ['http://h:1']%s}}\n";

  @Test
  void showsEveryKeyAsItIsWrittenAndNoSecret() {
    Settings settings = of(POOL.formatted(", key: hush") + "admin: {token: whisper}\n");
    assertThat(settings.tree().toString())
        .contains("slowStart=30s", "listen=127.0.0.1:8020", "speaks=openai", "key=***", "token=***")
        .contains("replicas=[{name=h:1, url=http://h:1, gpu=}]", "maxHeldBody=33554432")
        .doesNotContain("hush", "whisper");
  }

  @Test
  void namesTheKeysThatDiffer() {
    Settings before = of(POOL.formatted(", key: one") + "gpu: {slowStart: 1s}\n");
    Settings after = of(POOL.formatted(", key: two") + "aliases: {a: m}\n");
    assertThat(before.changed(after))
        .containsExactlyInAnyOrder("gpu.slowStart", "pools.chat.key", "aliases", "aliases.a");
    assertThat(before.changed(before)).isEmpty();
  }

  @Test
  void theOrderOfPoolsIsAChangeToo() {
    String one = "one: {replicas: ['http://h:1']}";
    String two = "two: {replicas: ['http://h:2']}";
    Settings before = of("pools: {" + one + ", " + two + "}");
    assertThat(before.changed(of("pools: {" + two + ", " + one + "}"))).containsExactly("pools");
  }

  @Test
  void theHashTellsNothingOfSecretsAndEverythingElse() {
    Settings one = of(POOL.formatted(", key: one"));
    assertThat(one.hash())
        .matches("[0-9a-f]{8}")
        .isEqualTo(of(POOL.formatted(", key: two")).hash());
    assertThat(one.hash()).isNotEqualTo(of(POOL.formatted(", key: one, passThrough: true")).hash());
  }

  @Test
  void knowsWhatNeedsARestart() {
    Settings before = of("");
    Settings after =
        of(
            """
            http: {listen: '127.0.0.1:1', loops: 3, drain: 1s}
            admin: {listen: '127.0.0.1:2', token: t}
            log: {directory: x}
            """);
    assertThat(Settings.fixed(before.changed(after)))
        .containsExactlyInAnyOrder("http.listen", "http.loops", "admin.listen", "log.directory");
  }

  private static Settings of(String yaml) {
    return new Settings(new ConfigLoader(_ -> null).parse(yaml, "test", Path.of("")));
  }
}
