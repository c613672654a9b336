package dev.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevocationsTest {
  @TempDir Path folder = Path.of("set by JUnit");

  private Path file() {
    return folder.resolve("revoked.txt");
  }

  @Test
  void whatIsRevokedStaysSoAfterAnotherStart() throws IOException {
    Revocations revocations = Revocations.read(file());
    assertThat(revocations.isEmpty()).isTrue();
    revocations.revoke("ci");
    revocations.revoke("old");
    revocations.revoke("ci");
    assertThat(revocations.contains("ci")).isTrue();
    assertThat(Files.readString(file())).isEqualTo("ci\nold\n");

    Revocations later = Revocations.read(file());
    assertThat(later.contains("ci")).isTrue();
    assertThat(later.contains("old")).isTrue();
    assertThat(later.contains("c")).isFalse();
    assertThat(later.isEmpty()).isFalse();
  }

  @Test
  void aFileThatPeopleEditedIsRead() throws IOException {
    Files.writeString(file(), "\n  ci \r\n\nold");
    Revocations revocations = Revocations.read(file());
    assertThat(revocations.contains("ci")).isTrue();
    assertThat(revocations.contains("old")).isTrue();
    assertThat(revocations.contains("")).isFalse();
  }

  @Test
  void whatCannotBeReadOrWrittenIsNamed() throws IOException {
    Revocations revocations = Revocations.read(file());
    Files.createDirectory(file());
    assertThatThrownBy(() -> revocations.revoke("ci")).hasMessageContaining("revoked.txt");
    assertThat(revocations.contains("ci")).isFalse();
    assertThatThrownBy(() -> Revocations.read(file()))
        .hasMessageContaining("revokedKeys: ")
        .hasMessageContaining("cannot be read");
  }
}
