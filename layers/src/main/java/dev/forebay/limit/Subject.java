package dev.forebay.limit;

import java.util.Arrays;
import java.util.stream.Stream;

/// All limits that count for one subject, or for each of one crowd. Its meters are guarded by
/// `Limits`.
final class Subject {
  static final Subject UNLIMITED = new Subject(new Meter[0]);

  private final Meter[] meters;

  Subject(Meter[] meters) {
    this.meters = meters;
  }

  int size() {
    return meters.length;
  }

  Stream<Meter> meters() {
    return Arrays.stream(meters);
  }

  Meter meter(int index) {
    return meters[index];
  }
}
