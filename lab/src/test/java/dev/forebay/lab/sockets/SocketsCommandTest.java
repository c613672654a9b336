package dev.forebay.lab.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SocketsCommandTest {
  private final StringWriter out = new StringWriter();

  @Test
  void namesTheArgumentThatCannotBe() {
    assertThat(run("--window=0")).isEqualTo(2);
    assertThat(out.toString()).contains("--window must be >= 1 and <= 600, was 0");
    assertThat(run("--way=HOPE")).isEqualTo(2);
    assertThat(run("--loads=0")).isEqualTo(2);
    assertThat(run("--capacity=0")).isEqualTo(2);
    assertThat(out.toString()).contains("--capacity must be > 0, was 0.0");
  }

  private int run(String... arguments) {
    var writer = new PrintWriter(out, true);
    return new CommandLine(new SocketsCommand()).setOut(writer).setErr(writer).execute(arguments);
  }
}
