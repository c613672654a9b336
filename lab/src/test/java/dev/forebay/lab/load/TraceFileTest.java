package dev.forebay.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceFileTest {
  @TempDir Path folder;

  @Test
  void readsAzureCsvInOrderOfTime() throws IOException {
    var file =
        write(
            "a.csv.gz",
            "arrival_s,context_tokens,generated_tokens\n0.052,3180,8\n0.000,4808,10\n1.5,7,0\n");

    assertThat(TraceFile.read(file))
        .containsExactly(
            new TraceRow(0, 4808, 10, List.of()),
            new TraceRow(52_000_000, 3180, 8, List.of()),
            new TraceRow(1_500_000_000, 7, 1, List.of()));
  }

  @Test
  void readsMooncakeLinesWithTheirBlocks() throws IOException {
    var file =
        write(
            "m.jsonl.gz",
            "{\"timestamp\": 27, \"input_length\": 900, \"output_length\": 5, \"hash_ids\": [0, 4]}\n\n");

    assertThat(TraceFile.read(file))
        .containsExactly(new TraceRow(27_000_000, 900, 5, List.of(0, 4)));
  }

  @Test
  void namesTheLineThatIsWrong() throws IOException {
    var csv = write("b.csv.gz", "arrival_s,context_tokens,generated_tokens\n1,2,3\n1,x,3\n");
    var lines = write("b.jsonl.gz", "{\"timestamp\": 1}\n");
    var other = write("b.txt.gz", "hello");

    assertThatThrownBy(() -> TraceFile.read(csv)).hasMessageContaining("b.csv.gz:3");
    assertThatThrownBy(() -> TraceFile.read(lines)).hasMessageContaining("b.jsonl.gz:1");
    assertThatThrownBy(() -> TraceFile.read(other)).hasMessageContaining(".jsonl");
  }

  @Test
  void readsThePublicTraces() throws IOException {
    var data = System.getenv("FOREBAY_DATA");
    assumeTrue(data != null, "FOREBAY_DATA is not set: public traces are not read");
    var traces = Path.of(String.valueOf(data), "traces");

    var azure = TraceFile.read(traces.resolve("azure_code_2023_0-30min.csv.gz"));
    var mooncake = TraceFile.read(traces.resolve("mooncake_conversation_first.jsonl.gz"));

    assertThat(azure).hasSizeGreaterThan(1000);
    assertThat(azure.getLast().atNanos()).isLessThan(1_800_000_000_000L);
    assertThat(mooncake).hasSizeGreaterThan(1000).allMatch(row -> !row.blocks().isEmpty());
  }

  private Path write(String name, String text) throws IOException {
    var file = folder.resolve(name);
    try (var out =
        new OutputStreamWriter(
            new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
      out.write(text);
    }
    return file;
  }
}
