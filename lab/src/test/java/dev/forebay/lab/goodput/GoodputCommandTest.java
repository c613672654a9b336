package dev.forebay.lab.goodput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/// `lab goodput`, from its arguments to what it writes.
class GoodputCommandTest {
  private final StringWriter out = new StringWriter();

  @Test
  void findsTheCapacityAndWritesWhoReachedWhatForPeopleAndPrograms(@TempDir Path folder)
      throws IOException {
    Path json = folder.resolve("new").resolve("goodput.json");
    assertThat(
            run(
                "--policies=pass-through,memory-rule",
                "--loads=0.5,2",
                "--seeds=1",
                "--report=" + folder,
                "--json=" + json))
        .isZero();

    assertThat(out.toString())
        .contains("1x is 7.", "| pass-through | 2x | 0.00 | 0 | 0.0 |", "| longest : best |");
    assertThat(folder.resolve("goodput.md")).content().contains("memory-rule (refuses above 90 %)");
    assertThat(folder.resolve("goodput.html")).content().contains("<svg", "Good answers over time");
    var standings =
        new JsonMapper()
            .readTree(Files.readString(json))
            .path("workloads")
            .path(0)
            .path("standings");
    assertThat(standings.size()).isEqualTo(4);
    assertThat(standings.path(0).path("attainedPercent").path(0).asDouble()).isEqualTo(100);
    assertThat(standings.path(0).path("longestToBest").path(0).asDouble()).isEqualTo(1);
    assertThat(standings.path(3).path("goodCalls").path(0).asDouble()).isZero();
  }

  @Test
  void namesThePoliciesThereAreWhenAskedForAnother() {
    assertThat(run("--policies=hope")).isEqualTo(2);
    assertThat(out.toString()).contains("--policies must be of [forebay,").contains("hope");
    assertThat(run("--loads=0")).isEqualTo(2);
    assertThat(run("--seeds=0")).isEqualTo(2);
  }

  private int run(String... arguments) {
    var writer = new PrintWriter(out, true);
    return new CommandLine(new GoodputCommand()).setOut(writer).setErr(writer).execute(arguments);
  }
}
