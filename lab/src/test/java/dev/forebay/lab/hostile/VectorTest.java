package dev.forebay.lab.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class VectorTest {
  @Test
  void whatCanBeReadInTwoWaysIsRefusedOrUnderstoodAlike() throws Exception {
    run(Vectors.ALL, false);
  }

  @Test
  void bodiesThatCanBeReadInTwoWaysAreRefusedOrUnderstoodAlike() throws Exception {
    run(Vectors.BODIES, true);
  }

  private static void run(List<Vector> vectors, boolean connectionMayStay) throws Exception {
    List<String> dangerous = new ArrayList<>();
    Map<VectorRun.Verdict, Integer> verdicts = new EnumMap<>(VectorRun.Verdict.class);
    try (VectorRun run = new VectorRun()) {
      for (Vector vector : vectors) {
        VectorRun.Result result = run.run(vector);
        verdicts.merge(result.verdict(), 1, Integer::sum);
        if (!result.sound(connectionMayStay)) {
          dangerous.add(vector.name() + ": " + result.verdict() + ", " + result.what());
        }
      }
      Awaitility.await()
          .until(() -> run.holding().connections() == 0 && run.holding().bodyBytes() == 0);
    }
    assertThat(dangerous).as("%s", verdicts).isEmpty();
    assertThat(verdicts).containsKey(VectorRun.Verdict.UNDERSTOOD);
  }
}
