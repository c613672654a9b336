package dev.forebay.lab.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RubbishTest {
  @Test
  void whatAnEngineSaysThatIsBrokenReachesNobodyAndSpoilsNoOtherCall() throws Exception {
    List<String> harm = new ArrayList<>();
    try (RubbishRun run = new RubbishRun()) {
      for (Rubbish rubbish : Rubbish.ALL) {
        String wrong = run.run(rubbish);
        if (!wrong.isEmpty()) {
          harm.add(rubbish.name() + ": " + wrong);
        }
      }
    }
    assertThat(harm).isEmpty();
  }
}
