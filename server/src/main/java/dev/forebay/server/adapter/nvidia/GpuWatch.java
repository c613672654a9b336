package dev.forebay.server.adapter.nvidia;

import dev.forebay.pipeline.Tick;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks each 5 s which boards and instances this machine has, and how they are, as long as
/// somebody wants to know. The driver's tools are asked, as they are there wherever a GPU is; each
/// runs for 3 s at most.
public final class GpuWatch implements Tick {
  private static final Logger LOG = LoggerFactory.getLogger(GpuWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final int LONGEST_SECONDS = 3;
  private static final int LARGEST_OUTPUT = 16 << 20;

  private final BooleanSupplier wanted;
  private final Tool tool;
  private volatile Inventory inventory = new Inventory(List.of());
  private boolean failed;

  /// Runs `nvidia-smi`.
  interface Tool {
    /// Runs it to its end.
    ///
    /// @return what it prints
    /// @throws IOException if it cannot be run, or fails
    byte[] run(List<String> arguments) throws IOException, InterruptedException;
  }

  /// Knows of nothing before its first turn.
  ///
  /// @param wanted whether anybody asks for a device now; otherwise no tool is run
  public GpuWatch(BooleanSupplier wanted) {
    this(wanted, GpuWatch::nvidiaSmi);
  }

  GpuWatch(BooleanSupplier wanted, Tool tool) {
    this.wanted = wanted;
    this.tool = tool;
  }

  @Override
  public Duration every() {
    return EVERY;
  }

  @Override
  public void turn(Instant now) throws InterruptedException {
    if (!wanted.getAsBoolean()) {
      return;
    }
    try {
      List<Gpu> gpus = SmiXml.read(tool.run(List.of("-q", "-x")));
      String listed = new String(tool.run(List.of("-L")), StandardCharsets.UTF_8);
      inventory = Inventory.of(gpus, SmiText.list(listed));
      failed = false;
    } catch (IOException | IllegalArgumentException e) {
      // What was read before is not true any more, and unknown is what can be said.
      inventory = new Inventory(List.of());
      if (!failed) {
        failed = true;
        LOG.warn("GPUs of this machine are unknown: {}", e.getMessage());
      }
    }
  }

  /// What was found last; safe for all threads.
  public Inventory inventory() {
    return inventory;
  }

  private static byte[] nvidiaSmi(List<String> arguments) throws IOException, InterruptedException {
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
