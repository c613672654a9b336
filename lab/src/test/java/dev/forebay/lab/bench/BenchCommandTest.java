package dev.forebay.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.bench.proxy.Programs;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(180)
class BenchCommandTest {
  private final StringWriter out = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new BenchCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(out, true))
        .execute(arguments);
  }

  @Test
  void aShortBenchMeasuresForebayAndWritesItsReport(@TempDir Path folder) {
    Assumptions.assumeTrue(Programs.find("taskset").isPresent(), "skipped: no taskset");
    Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "skipped: one core");

    int status =
        run(
            "--scenario",
            "UNARY",
            "--proxy",
            "FOREBAY",
            "--rounds",
            "1",
            "--window",
            "1",
            "--warm-up",
            "1",
            "--report",
            folder.toString());

    assertThat(status).describedAs(out.toString()).isZero();
    assertThat(out.toString()).contains("UNARY round 1 of 1, Forebay").contains("| Forebay | ");
    assertThat(folder.resolve("bench.html")).content().contains("What the edge costs");
    assertThat(folder.resolve("bench.md")).content().contains("--scenario UNARY");
  }

  @Test
  void aNumberThatMakesNoSenseIsNamed() {
    assertThat(run("--rounds", "0", "--proxy", "FOREBAY")).isEqualTo(2);
    assertThat(out.toString()).contains("rounds must be >= 1, was 0");
  }
}
