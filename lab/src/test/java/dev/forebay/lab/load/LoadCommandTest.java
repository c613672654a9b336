package dev.forebay.lab.load;

import static dev.forebay.lab.load.ScriptedServer.whole;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;
import tools.jackson.databind.ObjectMapper;

@Timeout(30)
class LoadCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void offersCallsAndPrintsWhatCameBack() throws IOException {
    try (var server = new ScriptedServer((_, _) -> whole(200, "", "{}"))) {
      execute(
          "--url",
          server.url(),
          "--rate",
          "100",
          "--for",
          "200ms",
          "--arrivals",
          "constant",
          "--stream",
          "0",
          "--json");
    }

    assertThat(new ObjectMapper().readTree(out.toString()).path("endings").path("ok").asInt())
        .isEqualTo(19);
  }

  @Test
  void namesTheValueThatIsWrong() {
    refuses("--rate must be", "--rate", "fast");
    refuses("--rate must be", "--rate", "5:1s,7");
    refuses("--for must be", "--for", "3 weeks");
    refuses("--arrivals must be", "--arrivals", "normal");
    refuses("streamShare", "--stream", "1.5");
    refuses("--allow-remote", "--url", "http://192.0.2.1");
    refuses("url must begin with http://", "--url", "https://localhost");
    refuses("nowhere.csv", "--trace", "nowhere.csv");
    refuses("no call falls into", "--rate", "0.001", "--for", "10ms");
  }

  @Test
  void aRunNobodyAnswersIsVoid() throws IOException {
    int port;
    try (var unused = new ServerSocket(0)) {
      port = unused.getLocalPort();
    }

    assertThat(execute("--url", "http://127.0.0.1:" + port, "--for", "200ms"))
        .isEqualTo(LoadCommand.VOID);
    assertThat(err.toString()).contains("nothing answered");
  }

  @Test
  void readsTimesAndRates() {
    assertThat(Spans.parse("x", "1.5s")).isEqualTo(Duration.ofMillis(1500));
    assertThat(Spans.parse("x", "2m")).isEqualTo(Duration.ofMinutes(2));
    assertThat(Spans.pace("10..20", Duration.ofSeconds(5)))
        .isEqualTo(new Pace.Ramp(10, 20, Duration.ofSeconds(5)));
    assertThat(Spans.pace("50:10s,5e2:1m", Duration.ofSeconds(5)).secondOf(1000)).isEqualTo(11);
  }

  private void refuses(String why, String... arguments) {
    assertThat(execute(arguments)).as(why).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains(why);
  }

  private int execute(String... arguments) {
    return new CommandLine(new LoadCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
