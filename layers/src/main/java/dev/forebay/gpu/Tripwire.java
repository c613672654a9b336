package dev.forebay.gpu;

import java.util.Optional;
import java.util.Set;

/// What about a device makes it suspect, so that it gets no new work and somebody has to look.
public enum Tripwire {
  /// Under 512 MiB are free, and the engine takes memory as it goes: it may be about to die of it.
  LITTLE_MEMORY,
  /// The driver reported an error of the device, rather than of a program on it.
  XID,
  /// Broken memory could not be replaced.
  REMAP_FAILURE,
  /// The driver says that the device has to be reset, for whatever error.
  MUST_RESET;

  private static final long LEAST_FREE_BYTES = 512L << 20;

  /// Double-bit ECC, row remapping, NVLink, fallen off the bus, uncontained ECC, the GSP's timeout
  /// and error, unrecovered ECC. Others (13, 31, 43, 45 ...) are what a faulty program causes.
  private static final Set<Long> OF_THE_DEVICE = Set.of(48L, 64L, 74L, 79L, 95L, 119L, 120L, 140L);

  /// What trips, if anything does.
  ///
  /// @param preallocates whether the engine takes all its memory at its start, as vLLM, SGLang and
  ///   TensorRT-LLM do: then little is free, and nothing follows from that
  public static Optional<Tripwire> of(DeviceReading reading, boolean preallocates) {
    if (reading.mustReset()) {
      return Optional.of(MUST_RESET);
    }
    if (reading.remapFailures().orElse(0) > 0) {
      return Optional.of(REMAP_FAILURE);
    }
    if (OF_THE_DEVICE.contains(reading.lastXid().orElse(0))) {
      return Optional.of(XID);
    }
    return !preallocates && reading.freeBytes().orElse(Long.MAX_VALUE) < LEAST_FREE_BYTES
        ? Optional.of(LITTLE_MEMORY)
        : Optional.empty();
  }
}
