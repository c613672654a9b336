package dev.forebay.lab.simulator;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.fleet.Reservation;
import dev.forebay.pipeline.Attempt;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Dialect;
import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Request;
import dev.forebay.pipeline.Stage;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// One pool of equal replicas, each a simulated engine, and what a gateway can know of them. The
/// last stage of a simulated path. For one virtual loop; not thread-safe.
public final class SimulatedFleet implements Fleet, Stage {
  static final String MODEL = "m";

  private static final long SCRAPE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final VirtualLoop loop;
  private final Pool pool;
  private final Map<String, SimulatedEngine> engines = new LinkedHashMap<>();
  private final Map<String, Telemetry> scraped = new LinkedHashMap<>();
  private final List<BiConsumer<Replica, Telemetry>> readers = new ArrayList<>();
  private Function<Telemetry, Optional<Telemetry>> shows = Optional::of;

  public SimulatedFleet(EngineSpec spec, int replicas, VirtualLoop loop) {
    this("chat", spec, replicas, loop);
  }

  /// One of several fleets on a loop.
  ///
  /// @param name of its pool
  SimulatedFleet(String name, EngineSpec spec, int replicas, VirtualLoop loop) {
    this.loop = loop;
    List<Replica> all = new ArrayList<>();
    for (int n = 0; n < replicas; n++) {
      var replica = new Replica("gpu-" + n, URI.create("http://gpu-" + n + ":8000"), null);
      all.add(replica);
      engines.put(replica.name(), new SimulatedEngine(spec, loop));
    }
    pool = new Pool(name, Dialect.OPENAI, false, all);
    scrape();
  }

  /// Answers the attempt on the replica that its reservation names.
  @Override
  public void handle(Call call, Next next) {
    Attempt attempt = Objects.requireNonNull(call.attempt(), "a contender begins each attempt");
    Reservation room =
        Objects.requireNonNull(attempt.held(Reservation.class), "a contender reserves the room");
    engine(room.replica()).answer((SimulatedCall) call, attempt);
  }

  @Override
  public Pool poolFor(Request request) {
    return pool;
  }

  @Override
  public List<Pool> pools() {
    return List.of(pool);
  }

  public List<Replica> replicas() {
    return pool.replicas();
  }

  /// What the replica's metrics said when they were last read, every 250 ms: late, as in life.
  public Telemetry scraped(Replica replica) {
    return Objects.requireNonNull(scraped.get(replica.name()));
  }

  /// Tells the reader of every scrape from now on, at once of the last.
  public void onScrape(BiConsumer<Replica, Telemetry> reader) {
    readers.add(reader);
    replicas().forEach(replica -> reader.accept(replica, scraped(replica)));
  }

  /// Makes scrapes show something else than the truth from now on; nothing where that is empty.
  public void show(Function<Telemetry, Optional<Telemetry>> instead) {
    shows = instead;
  }

  /// What the engine itself would say now; for judges, not for contenders.
  public Telemetry truth(Replica replica) {
    return engine(replica).read();
  }

  /// Attempts that reached an engine.
  public long asked() {
    return engines.values().stream().mapToLong(SimulatedEngine::asked).sum();
  }

  public long preemptions() {
    return engines.values().stream().mapToLong(engine -> engine.read().preemptions()).sum();
  }

  private SimulatedEngine engine(Replica replica) {
    return Objects.requireNonNull(engines.get(replica.name()));
  }

  private void scrape() {
    for (Replica replica : replicas()) {
      shows.apply(engine(replica).read()).ifPresent(read -> scraped(replica, read));
    }
    loop.after(SCRAPE_NANOS, this::scrape);
  }

  private void scraped(Replica replica, Telemetry read) {
    scraped.put(replica.name(), read);
    readers.forEach(reader -> reader.accept(replica, read));
  }
}
