package dev.forebay.limit;

import dev.forebay.limit.Limit.Kind;
import dev.forebay.pipeline.Leeway;
import org.jspecify.annotations.Nullable;

/// What one call took of its limits, until it is settled. Guarded by `Limits`.
public final class Grant {
  private final String owner;
  private final long sinceNanos;
  private final long promptTokens;
  private final ModelConfig model;
  private final Meter[] meters;
  private final long[] keys;
  private int size;

  private Leeway leeway = Leeway.NONE;

  /// A bit for each meter from which something was taken.
  private long taken;

  /// What only `Limits` reads and writes.
  final State state = new State();

  /// @param owner the call's id
  /// @param meters how many there will be, at most 64
  Grant(String owner, long sinceNanos, long promptTokens, ModelConfig model, int meters) {
    this.owner = owner;
    this.sinceNanos = sinceNanos;
    this.promptTokens = promptTokens;
    this.model = model;
    this.meters = new Meter[meters];
    this.keys = new long[meters];
  }

  void add(Subject subject, long key) {
    for (int i = 0; i < subject.size(); i++) {
      meters[size] = subject.meter(i);
      keys[size] = key;
      size++;
    }
  }

  int size() {
    return size;
  }

  Meter meter(int index) {
    return meters[index];
  }

  long key(int index) {
    return keys[index];
  }

  void take(int index) {
    taken |= 1L << index;
  }

  boolean took(int index) {
    return (taken >>> index & 1) != 0;
  }

  /// Whether an answer that outgrows what was taken for it must take more.
  boolean countsTokens() {
    for (int i = 0; i < size; i++) {
      if (took(i) && meters[i].kind() == Kind.TOKENS) {
        return true;
      }
    }
    return false;
  }

  void leeway(Leeway leeway) {
    this.leeway = leeway;
  }

  /// What its tenant puts up with rather than be refused.
  Leeway leeway() {
    return leeway;
  }

  /// The id of the call that holds this.
  String owner() {
    return owner;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  long promptTokens() {
    return promptTokens;
  }

  ModelConfig model() {
    return model;
  }

  /// Its place among the others, and what changes while the call runs.
  static final class State {
    boolean open;
    long outputTokens;
    @Nullable TenantAccount account;
    @Nullable BudgetMeter budget;
    long setAsideMicros;
    @Nullable Grant older;
    @Nullable Grant newer;
  }
}
