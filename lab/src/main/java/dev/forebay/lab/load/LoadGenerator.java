package dev.forebay.lab.load;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Offers calls to a server at the times fixed in advance, whether or not it keeps up (an open
/// loop), and measures each from its intended start.
///
/// Ends by itself one timeout after the last arrival at the latest. Its methods may be called from
/// any thread.
///
/// @see <a href="https://www.usenix.org/legacy/event/nsdi06/tech/schroeder/schroeder.pdf">Schroeder
///   et al., Open versus closed: a cautionary tale, NSDI 2006</a>
public final class LoadGenerator implements AutoCloseable {
  private static final Duration LEAD = Duration.ofMillis(300);

  private final MultiThreadIoEventLoopGroup group;
  private final List<LoadLoop> loops = new ArrayList<>();
  private final List<Arrival> arrivals;
  private final LoadOptions options;
  private final LoadCounters live = new LoadCounters();
  private final AtomicBoolean started = new AtomicBoolean();

  /// Takes `arrivals` in order of time; nothing is sent before [#start]. The first generator of a
  /// JVM first rehearses for two seconds, against a server of its own.
  public LoadGenerator(
      LoadTarget target, List<Arrival> arrivals, LoadOptions options, LoadObserver observer) {
    var _ = Rehearsal.held();
    this(target, arrivals, options, observer, Transport.loops(options.loops()));
  }

  private LoadGenerator(
      LoadTarget target,
      List<Arrival> arrivals,
      LoadOptions options,
      LoadObserver observer,
      MultiThreadIoEventLoopGroup group) {
    if (arrivals.isEmpty()) {
      throw new IllegalArgumentException("no arrivals: rate or length too small");
    }
    for (int i = 1; i < arrivals.size(); i++) {
      if (arrivals.get(i).atNanos() < arrivals.get(i - 1).atNanos()) {
        throw new IllegalArgumentException("arrivals must be in order of time, not so at " + i);
      }
    }
    this.arrivals = List.copyOf(arrivals);
    this.options = options;
    this.group = group;
    var requests = new RequestBytes(target);
    for (int i = 0; i < options.loops(); i++) {
      loops.add(
          new LoadLoop(group.next(), target, requests, this.arrivals, i, options, observer, live));
    }
  }

  static LoadGenerator unrehearsed(
      LoadTarget target, List<Arrival> arrivals, LoadOptions options, LoadObserver observer) {
    return new LoadGenerator(target, arrivals, options, observer, Transport.loops(options.loops()));
  }

  /// Begins the run; the report comes when every call has ended.
  public CompletableFuture<LoadReport> start() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a generator runs once");
    }
    long origin = System.nanoTime() + LEAD.toNanos();
    var tallies = loops.stream().map(loop -> loop.begin(origin)).toList();
    return CompletableFuture.allOf(tallies.toArray(CompletableFuture<?>[]::new))
        .thenApply(_ -> {
          long took = Math.max(1, System.nanoTime() - origin);
          var sum = new LoadTally(options.slo(), options.timeout().toNanos());
          tallies.forEach(tally -> sum.add(tally.join()));
          return LoadReport.of(options, arrivals.size(), arrivals.getLast().atNanos(), took, sum);
        });
  }

  /// Runs to the end on the calling thread's time.
  public LoadReport run() {
    return start().join();
  }

  /// How the run stands.
  public LoadCounters live() {
    return live;
  }

  /// Offers no more calls; the report then comes when those under way have ended.
  public void stop() {
    loops.forEach(LoadLoop::stop);
  }

  @Override
  public void close() {
    var _ = group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
  }
}
