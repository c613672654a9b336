package dev.forebay.server.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.server.setting.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  private static final String WITH_SECRET =
      "pools: {chat: {models: [m], replicas: ['http://h:1'], key: 'file:key'}}\n";

  @TempDir Path folder = Path.of("set by JUnit");

  private ConfigFile file(String yaml) throws IOException {
    Path path = Files.writeString(folder.resolve("forebay.yaml"), yaml);
    return new ConfigFile(path, new ConfigLoader(_ -> null), it -> it);
  }

  @Test
  void tellsWhenItSaysSomethingElse() throws IOException {
    ConfigFile file = file("aliases: {a: m}\n");
    assertThat(file.load().aliases()).containsEntry("a", "m");
    assertThat(file.changed()).isFalse();
    Files.writeString(file.path(), "aliases: {b: m}\n");
    assertThat(file.changed()).isTrue();
    assertThat(file.load().aliases()).containsEntry("b", "m");
  }

  @Test
  void aSecretThatIsReplacedIsAChange() throws IOException {
    Path key = Files.writeString(folder.resolve("key"), "one\n");
    ConfigFile file = file(WITH_SECRET);
    assertThat(key(file)).isEqualTo("one");
    Files.writeString(key, "two\n");
    assertThat(file.changed()).isTrue();
    assertThat(key(file)).isEqualTo("two");
  }

  @Test
  void aMissingSecretIsWaitedFor() throws IOException {
    ConfigFile file = file(WITH_SECRET);
    assertThatThrownBy(file::load).isInstanceOf(ConfigException.class);
    assertThat(file.changed()).isFalse();
    Files.writeString(folder.resolve("key"), "one\n");
    assertThat(file.changed()).isTrue();
    assertThat(key(file)).isEqualTo("one");
  }

  @Test
  void aFileThatIsGoneIsAChangeAndCannotBeRead() throws IOException {
    ConfigFile file = file("");
    Files.delete(file.path());
    assertThat(file.changed()).isTrue();
    assertThatThrownBy(file::load).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void theCommandLineLiesOverWhatIsRead() throws IOException {
    Path path = Files.writeString(folder.resolve("a.yaml"), "http: {listen: '127.0.0.1:1'}\n");
    Address listen = new Address("127.0.0.1", 2);
    var file = new ConfigFile(path, new ConfigLoader(_ -> null), it -> it.listeningOn(listen));
    assertThat(file.load().http().listen()).isEqualTo(listen);
  }

  private static String key(ConfigFile file) throws IOException {
    return requireNonNull(file.load().pools().get("chat")).key().value();
  }
}
