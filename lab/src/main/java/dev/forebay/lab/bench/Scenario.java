package dev.forebay.lab.bench;

/// What is sent.
enum Scenario {
  /// 1.5 KB in and 1 KB out, over kept connections, each asking again as soon as it is answered.
  UNARY("request"),
  /// Streams that are all open while chunks are counted.
  STREAMS("chunk");

  private final String unit;

  Scenario(String unit) {
    this.unit = unit;
  }

  /// What the cost is counted in.
  String unit() {
    return unit;
  }
}
