package dev.forebay.lab.goodput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

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
        .contains("1x is 7.", "longest : best", "and charts: " + folder.resolve("goodput.html"))
        .containsPattern("pass-through +3\\.\\d\\d +0\\.00\n")
        .contains(
            "memory-rule (refuses above 90 %): refuses above 90 % of GPU memory; even an idle");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 120);
    assertThat(folder.resolve("goodput.md"))
        .content()
        .contains("| pass-through | 2x | 0.00 | 0 | 0.0 |", "- queued p99 ms: ");
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

  @Test
  void whatIsAskedForByNameAndHasNoRecordingIsToldAtOnce() {
    var command = new GoodputCommand((String) null);
    line(command).parseArgs("--workload=SYNTHETIC,AZURE_CONV");
    assertThatIOException()
        .isThrownBy(command::call)
        .withMessageStartingWith("AZURE_CONV is recorded: set FOREBAY_DATA to the folder");

    var elsewhere = new GoodputCommand("nowhere");
    line(elsewhere).parseArgs("--workload=SERVEGEN");
    assertThatIOException()
        .isThrownBy(elsewhere::call)
        .withMessageStartingWith("SERVEGEN is recorded, and there is no " + Path.of("nowhere"));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void theHelpTellsWhatEachPolicyDoesAndEachColumnSays() {
    assertThat(run("--help")).isZero();
    String help = out.toString().replaceAll("\\s+", " ");
    assertThat(Entrants.all(1))
        .allSatisfy(
            each -> assertThat(help).contains(" %s %s ".formatted(each.name(), each.about())))
        .allMatch(each -> each.about().length() > 20);
    assertThat(Figure.values())
        .allSatisfy(
            each -> assertThat(help).contains(" %s %s ".formatted(each.title(), each.meaning())));
    assertThat(Ratio.values())
        .allSatisfy(
            each -> assertThat(help).contains(" %s %s ".formatted(each.title(), each.meaning())));
  }

  private CommandLine line(GoodputCommand command) {
    var writer = new PrintWriter(out, true);
    return new CommandLine(command).setOut(writer).setErr(writer);
  }

  private int run(String... arguments) {
    return line(new GoodputCommand()).execute(arguments);
  }
}
