package dev.forebay.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.server.setting.Address;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServeLineTest {
  @Test
  void readsTheLinesThatProductionStartsWith() {
    assertThat(ServeLine.of("serve")).isEqualTo(new ServeLine(null, null));
    assertThat(ServeLine.of("serve", "--config", "a b.yaml"))
        .isEqualTo(new ServeLine(Path.of("a b.yaml"), null));
    assertThat(ServeLine.of("serve", "-l", "0.0.0.0:8020", "-c", "/etc/forebay/forebay.yaml"))
        .isEqualTo(
            new ServeLine(Path.of("/etc/forebay/forebay.yaml"), Address.parse("0.0.0.0:8020")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "check forebay.yaml",
        "serve --help",
        "serve --allow-hosted",
        "serve --config",
        "serve forebay.yaml",
        "serve --config --listen",
        "serve --config @arguments",
        "serve --config=forebay.yaml",
        "serve --listen nowhere",
        "serve -c a.yaml --config b.yaml",
      })
  void leavesEveryOtherLineToTheLibrary(String line) {
    assertThat(ServeLine.of(line.isEmpty() ? new String[0] : line.split(" ", -1))).isNull();
  }
}
