package dev.forebay.lab.rival;

import dev.forebay.lab.simulator.Contender;
import dev.forebay.lab.simulator.SimulatedFleet;
import dev.forebay.lab.simulator.VirtualLoop;
import dev.forebay.pipeline.Stage;
import java.util.List;

/// No gate at all: a load balancer.
public record PassThrough() implements Contender {

  @Override
  public String name() {
    return "pass-through";
  }

  @Override
  public String about() {
    return "no gate at all: each call goes at once to the replica with the fewest calls under way";
  }

  @Override
  public List<Stage> stages(SimulatedFleet fleet, VirtualLoop loop, long seed) {
    return List.of(new LeastOutstanding(fleet));
  }
}
