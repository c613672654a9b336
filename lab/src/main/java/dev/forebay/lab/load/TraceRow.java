package dev.forebay.lab.load;

import java.util.List;

/// One recorded call.
///
/// @param atNanos since the first call of the trace
/// @param blocks ids of the 512-token blocks of its prompt, empty where the trace has none
public record TraceRow(long atNanos, int promptTokens, int outputTokens, List<Integer> blocks) {
  public TraceRow {
    blocks = List.copyOf(blocks);
  }
}
