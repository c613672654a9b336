package dev.forebay.lab.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.lab.outage.OutageRun.Kind;
import dev.forebay.lab.outage.OutageRun.Result;
import dev.forebay.lab.outage.OutageRun.Shape;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class OutageRunTest {
  private static final Shape SHORT = new Shape(100, 60, 1, 1, 1, 0, 1);

  @Test
  void stockClientsDoNotMultiplyAnOutageThroughTheGateway() throws Exception {
    try (var sideBySide = Executors.newVirtualThreadPerTaskExecutor()) {
      var running =
          Stream.of(Kind.values())
              .map(kind ->
                  sideBySide.submit(() -> new OutageRun(Way.Kind.FOREBAY, kind, SHORT).run()))
              .toList();
      for (var each : running) {
        Result result = each.get();
        String table = OutageCommand.table(List.of(result));
        assertThat(result.worstMinute().upstream()).as(table).isLessThanOrEqualTo(result.bound());
        assertThat(result.attemptsOfToldNotEach()).as(table).isLessThanOrEqualTo(1.2);
        if (result.kind() == Kind.BUSY) {
          assertThat(result.toldNot()).as(table).isPositive();
        }
      }
    }
  }
}
