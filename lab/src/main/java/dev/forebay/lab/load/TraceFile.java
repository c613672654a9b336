package dev.forebay.lab.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Reads recorded calls: Azure's CSV (`arrival_s,context_tokens,generated_tokens`) and Mooncake's
/// JSON lines (`timestamp` in ms, `input_length`, `output_length`, `hash_ids`), plain or gzipped.
public final class TraceFile {
  private static final String AZURE = "arrival_s,context_tokens,generated_tokens";

  private TraceFile() {}

  /// The rows by time. Lengths of 0, which occur, count as one token.
  ///
  /// @throws IllegalArgumentException naming file and line of the first row that is not as
  ///   described
  public static List<TraceRow> read(Path file) throws IOException {
    var name = String.valueOf(file.getFileName());
    var kind = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    try (var lines = open(file, name.endsWith(".gz"))) {
      var rows =
          kind.endsWith(".csv")
              ? azure(lines, name)
              : kind.endsWith(".jsonl")
                  ? mooncake(lines, name)
                  : refuse(name + ": a trace ends in .csv, .csv.gz, .jsonl or .jsonl.gz");
      rows.sort(Comparator.comparingLong(TraceRow::atNanos));
      return List.copyOf(rows);
    }
  }

  private static List<TraceRow> azure(BufferedReader lines, String name) throws IOException {
    var header = lines.readLine();
    if (header == null || !header.strip().equals(AZURE)) {
      return refuse(name + ": first line must be " + AZURE + ", was " + header);
    }
    var rows = new ArrayList<TraceRow>();
    int number = 1;
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      var cells = line.strip().split(",", -1);
      try {
        if (cells.length != 3) {
          throw new NumberFormatException(cells.length + " cells");
        }
        rows.add(
            row(
                Math.round(Double.parseDouble(cells[0]) * 1e9),
                Integer.parseInt(cells[1]),
                Integer.parseInt(cells[2]),
                List.of()));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(name + ":" + number + ": not three numbers: " + line, e);
      }
    }
    return rows;
  }

  private static List<TraceRow> mooncake(BufferedReader lines, String name) throws IOException {
    var json = new ObjectMapper();
    var rows = new ArrayList<TraceRow>();
    int number = 0;
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        var node = json.readTree(line);
        var blocks = new ArrayList<Integer>();
        for (JsonNode id : node.path("hash_ids")) {
          blocks.add(id.asInt());
        }
        rows.add(
            row(
                Math.round(node.required("timestamp").asDouble() * 1e6),
                node.required("input_length").asInt(),
                node.required("output_length").asInt(),
                blocks));
      } catch (JacksonException e) {
        throw new IllegalArgumentException(name + ":" + number + ": " + e.getOriginalMessage(), e);
      }
    }
    return rows;
  }

  private static TraceRow row(long atNanos, int prompt, int output, List<Integer> blocks) {
    return new TraceRow(Math.max(0, atNanos), Math.max(1, prompt), Math.max(1, output), blocks);
  }

  private static BufferedReader open(Path file, boolean zipped) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    try {
      return new BufferedReader(
          new InputStreamReader(
              zipped ? new GZIPInputStream(bytes, 1 << 16) : bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private static List<TraceRow> refuse(String why) {
    throw new IllegalArgumentException(why);
  }
}
