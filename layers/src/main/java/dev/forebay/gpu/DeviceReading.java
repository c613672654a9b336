package dev.forebay.gpu;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What the driver says of one GPU, or of one slice of it. What it does not say is empty.
///
/// How full its memory is says nothing of the load: an engine takes its share at its start and
/// keeps it, so an idle one shows 90 % and more.
///
/// @param totalBytes of memory
/// @param usedBytes of them
/// @param freeBytes of them; the rest is the driver's
/// @param utilisation share of the time in which it computed, 0..1
/// @param lastXid number of the last error that the driver reported; 0 is none
/// @param remapFailures rows of memory that broke and could not be replaced
/// @param mustReset whether the driver says that it, or its machine, has to be reset before it is
///   given more work; false if it does not say
public record DeviceReading(
    OptionalLong totalBytes,
    OptionalLong usedBytes,
    OptionalLong freeBytes,
    OptionalDouble utilisation,
    OptionalLong lastXid,
    OptionalLong remapFailures,
    boolean mustReset) {

  /// This slice with the errors of the board that it is a slice of, which are its own too.
  public DeviceReading withErrorsOf(DeviceReading board) {
    return new DeviceReading(
        totalBytes,
        usedBytes,
        freeBytes,
        utilisation,
        worse(lastXid, board.lastXid),
        worse(remapFailures, board.remapFailures),
        mustReset || board.mustReset);
  }

  private static OptionalLong worse(OptionalLong own, OptionalLong board) {
    return own.isEmpty() || board.orElse(0) > 0 ? board : own;
  }
}
