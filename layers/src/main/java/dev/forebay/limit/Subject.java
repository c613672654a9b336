package dev.forebay.limit;

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

  Meter meter(int index) {
    return meters[index];
  }
}
