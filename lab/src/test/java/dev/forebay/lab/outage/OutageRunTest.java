package dev.forebay.lab.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.outage.OutageRun.Kind;
import dev.forebay.lab.outage.OutageRun.Result;
import dev.forebay.lab.outage.OutageRun.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class OutageRunTest {
  @ParameterizedTest
  @EnumSource(Kind.class)
  void stockClientsDoNotMultiplyAnOutageThroughTheGateway(Kind kind) throws Exception {
    Result result = new OutageRun(Way.Kind.FOREBAY, kind, new Shape(100, 60, 1, 1, 1, 0, 1)).run();

    assertThat(result.worstMinute().upstream())
        .as(OutageCommand.table(List.of(result)))
        .isLessThanOrEqualTo(result.bound());
    assertThat(result.attemptsOfToldNotEach()).isLessThanOrEqualTo(1.2);
  }
}
