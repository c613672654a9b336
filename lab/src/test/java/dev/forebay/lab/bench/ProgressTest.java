package dev.forebay.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void whatIsLeftIsStretchedAsWhatIsDoneWas() {
    var clock = new AtomicLong();
    List<String> told = new ArrayList<>();
    var progress = new Progress(Duration.ofSeconds(60), clock::get, told::add);

    progress.say("begins");
    clock.set(Duration.ofSeconds(20).toNanos());
    progress.step(Duration.ofSeconds(10));
    progress.say("goes on");

    assertThat(told).containsExactly("[60 s left] begins", "[2 min left] goes on");
  }
}
