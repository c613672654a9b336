package dev.forebay.server.adapter.nvidia;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The driver's own tool, which is there wherever a GPU is; runs for 3 s at most.
final class NvidiaSmi implements DeviceSource {
  private static final int LONGEST_SECONDS = 3;
  private static final int LARGEST_OUTPUT = 16 << 20;

  private final Tool tool;

  /// Runs `nvidia-smi`.
  interface Tool {
    /// Runs it to its end.
    ///
    /// @return what it prints
    /// @throws IOException if it cannot be run, or fails
    byte[] run(List<String> arguments) throws IOException, InterruptedException;
  }

  NvidiaSmi() {
    this(NvidiaSmi::run);
  }

  NvidiaSmi(Tool tool) {
    this.tool = tool;
  }

  @Override
  public Inventory look() throws IOException, InterruptedException {
    List<Gpu> gpus = SmiXml.read(tool.run(List.of("-q", "-x")));
    String listed = new String(tool.run(List.of("-L")), StandardCharsets.UTF_8);
    return Inventory.of(gpus, SmiText.list(listed));
  }

  private static byte[] run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("nvidia-smi"));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      process.getOutputStream().close();
      // A driver that hangs must not hang the reader: whoever reads stops when the process is gone.
      Thread.ofVirtual().name("forebay-nvidia-smi").start(() -> stopLate(process));
      byte[] output = process.getInputStream().readNBytes(LARGEST_OUTPUT);
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("nvidia-smi failed");
      }
      return output;
    } finally {
      process.destroyForcibly();
    }
  }

  private static void stopLate(Process process) {
    try {
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
