package dev.forebay.lab.bench;

import dev.forebay.lab.bench.scenario.Sample;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/// One proxy's part of a round. What is void is measured again, but not for ever.
///
/// @param sample empty if every try was void
/// @param voided tries that were void
record Turn(Optional<Sample> sample, int voided) {
  private static final int TRIES = 3;

  /// Something that can be measured again and again.
  interface Measured {
    Sample take() throws IOException, InterruptedException;
  }

  /// @param told why a try was void, each time
  static Turn of(Measured measured, Consumer<String> told)
      throws IOException, InterruptedException {
    for (int voided = 0; voided < TRIES; voided++) {
      Sample sample = measured.take();
      Optional<String> reason = sample.voidReason();
      if (reason.isEmpty()) {
        return new Turn(Optional.of(sample), voided);
      }
      told.accept(
          "void, %s; %s".formatted(reason.get(), voided + 1 < TRIES ? "once more" : "given up"));
    }
    return new Turn(Optional.empty(), TRIES);
  }
}
