package dev.forebay.lab.goodput;

import dev.forebay.lab.load.Pace;
import dev.forebay.lab.load.TraceFile;
import dev.forebay.lab.simulator.ChatWorkload;
import dev.forebay.lab.simulator.ConversationWorkload;
import dev.forebay.lab.simulator.EngineSpec;
import dev.forebay.lab.simulator.Scenario;
import dev.forebay.lab.simulator.TenantsWorkload;
import dev.forebay.lab.simulator.TraceWorkload;
import dev.forebay.lab.simulator.Workload;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/// The workloads that can be asked for by name. Recorded ones lie in a folder that is no part of
/// the project.
enum Workloads {
  SYNTHETIC(1),
  HEAVY_TAIL(1),
  AZURE_CONV(1),
  AZURE_CODE(1),
  MOONCAKE(4),
  SERVEGEN(3),
  CONVERSATION(2);

  private final int longer;

  /// @param longer how many times as long a run is as usual, where calls are few or answers long
  Workloads(int longer) {
    this.longer = longer;
  }

  /// Whether it needs the folder of recorded traces.
  boolean recorded() {
    return this != SYNTHETIC && this != HEAVY_TAIL && this != CONVERSATION;
  }

  /// One engine under any pace.
  ///
  /// @param traces the folder; not looked at where nothing is recorded
  Scenario scenario(Path traces) throws IOException {
    var scenario = Scenario.of(read(traces), new Pace.Flat(1));
    return scenario.during(
        scenario.warmUp().multipliedBy(longer), scenario.length().multipliedBy(longer));
  }

  private Workload read(Path traces) throws IOException {
    try {
      return from(traces);
    } catch (NoSuchFileException e) {
      throw new IOException("%s is recorded, and there is no %s".formatted(this, e.getFile()), e);
    }
  }

  private Workload from(Path traces) throws IOException {
    return switch (this) {
      case SYNTHETIC -> ChatWorkload.SYNTHETIC;
      case HEAVY_TAIL -> ChatWorkload.HEAVY_TAIL;
      case CONVERSATION -> ConversationWorkload.CHATS;
      case AZURE_CONV -> trace(EngineSpec.TIGHT, traces.resolve("azure_conv_2023_0-30min.csv.gz"));
      case AZURE_CODE ->
          trace(EngineSpec.LONG_PROMPTS, traces.resolve("azure_code_2023_0-30min.csv.gz"));
      case MOONCAKE ->
          trace(EngineSpec.LONG_PROMPTS, traces.resolve("mooncake_conversation_first.jsonl.gz"));
      case SERVEGEN ->
          new TenantsWorkload(
              label(),
              EngineSpec.LONG_PROMPTS,
              ServeGen.tenants(
                  traces.resolve("servegen_deepseek_r1_clients_even.csv.gz"),
                  traces.resolve("servegen_deepseek_r1_lengths_even.json.gz")));
    };
  }

  /// The name on the command line and in tables.
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Workload trace(EngineSpec engine, Path file) throws IOException {
    return new TraceWorkload(label(), engine, TraceFile.read(file));
  }
}
