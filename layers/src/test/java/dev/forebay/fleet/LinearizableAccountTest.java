package dev.forebay.fleet;

import dev.forebay.fleet.Capacity.Reserved;
import java.net.URI;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// However loops take turns, an account gives what its limits allow as if they had asked one after
/// the other.
@Param(name = "loop", gen = ThreadIdGen.class)
@Param(name = "tokens", gen = IntGen.class, conf = "1:60")
public class LinearizableAccountTest {
  private final Account account = new Account("acme");
  private final Replica replica = new Replica("gpu-0", URI.create("http://gpu-0"), null);
  private final @Nullable Reservation[] own = new @Nullable Reservation[8];

  public LinearizableAccountTest() {
    account.limit(new AccountConfig(2, 4, 100));
  }

  @Operation
  public boolean reserve(@Param(name = "loop") int loop, @Param(name = "tokens") int tokens) {
    if (own[loop] != null) {
      return false;
    }
    if (account.reserve(replica, 1, tokens, 0) instanceof Reserved(var held)) {
      own[loop] = held;
    }
    return own[loop] != null;
  }

  @Operation
  public void use(@Param(name = "loop") int loop, @Param(name = "tokens") int tokens) {
    Reservation held = own[loop];
    if (held != null) {
      held.used(tokens, 0);
    }
  }

  @Operation
  public void release(@Param(name = "loop") int loop) {
    Reservation held = own[loop];
    if (held != null) {
      held.close();
      own[loop] = null;
    }
  }

  @Test
  void anAccountIsLinearizable() {
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
