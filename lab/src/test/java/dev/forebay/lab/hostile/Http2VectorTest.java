package dev.forebay.lab.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class Http2VectorTest {
  @Test
  void framesThatMeanHarmReachNobodyAndSpoilNoOtherCall() throws Exception {
    List<String> harm = new ArrayList<>();
    try (Http2Run run = new Http2Run()) {
      for (Http2Vectors.Http2Vector vector : Http2Vectors.ALL) {
        String wrong = run.run(vector);
        if (!wrong.isEmpty()) {
          harm.add(vector.name() + ": " + wrong);
        }
      }
      Awaitility.await().until(() -> run.holding().connections() == 0);
    }
    assertThat(harm).isEmpty();
  }
}
