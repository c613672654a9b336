package dev.forebay.gpu;

import dev.forebay.gpu.KvLedger.Sequence;
import java.util.OptionalLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// However loops take turns, a ledger answers as if they had asked one after the other.
@Param(name = "loop", gen = ThreadIdGen.class)
@Param(name = "tokens", gen = IntGen.class, conf = "1:60")
public class LinearizableLedgerTest {
  private static final int USABLE = 96;

  private final KvLedger ledger = new KvLedger();
  private final @Nullable Sequence[] own = new @Nullable Sequence[8];

  public LinearizableLedgerTest() {
    ledger.capacity(100, 16, OptionalLong.of(2));
  }

  @Operation
  public boolean reserve(@Param(name = "loop") int loop, @Param(name = "tokens") int tokens) {
    if (own[loop] != null) {
      return false;
    }
    var sequence = new Sequence(tokens, 10, 1, true);
    boolean fits = ledger.tryReserve(sequence, USABLE);
    own[loop] = fits ? sequence : null;
    return fits;
  }

  @Operation
  public boolean grow(@Param(name = "loop") int loop, @Param(name = "tokens") int tokens) {
    Sequence held = own[loop];
    return held != null && ledger.grew(held, tokens);
  }

  @Operation
  public void release(@Param(name = "loop") int loop) {
    Sequence held = own[loop];
    if (held != null) {
      ledger.release(held);
      own[loop] = null;
    }
  }

  @Operation
  public long peak() {
    return ledger.peak();
  }

  @Operation
  public long waitingForPrefill() {
    return ledger.waitingForPrefill();
  }

  @Test
  void aLedgerIsLinearizable() {
    new ModelCheckingOptions()
        .iterations(8)
        .invocationsPerIteration(100)
        .actorsBefore(0)
        .actorsAfter(1)
        .threads(2)
        .actorsPerThread(3)
        .check(getClass());
  }
}
