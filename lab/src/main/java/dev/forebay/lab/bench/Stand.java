package dev.forebay.lab.bench;

import dev.forebay.lab.bench.proxy.Certificate;
import dev.forebay.lab.bench.proxy.Front;
import dev.forebay.lab.bench.proxy.Java;
import dev.forebay.lab.bench.proxy.Proxy;
import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.bench.scenario.LoadProcess;
import dev.forebay.lab.bench.scenario.Memory;
import dev.forebay.lab.bench.scenario.Order;
import dev.forebay.lab.bench.scenario.Sample;
import dev.forebay.lab.bench.scenario.Scenario;
import dev.forebay.lab.bench.scenario.UpstreamProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A proxy with its own upstream behind it, as it stands for one scenario.
final class Stand implements AutoCloseable {
  private static final int PROXY_CORE = 0;
  private static final int OTHER_CORE = 1;
  private static final List<String> SMALL = List.of("-XX:+UseSerialGC", "-Xmx1g");

  private final Children children;
  private final Plan plan;
  private final Scenario scenario;
  private final Proxy proxy;
  private final Front front;
  private final Child upstream;
  private final Child child;
  private final long baseBytes;

  private Stand(
      Children children,
      Plan plan,
      Scenario scenario,
      Proxy proxy,
      Front front,
      Child upstream,
      Child child)
      throws IOException, InterruptedException {
    this.children = children;
    this.plan = plan;
    this.scenario = scenario;
    this.proxy = proxy;
    this.front = front;
    this.upstream = upstream;
    this.child = child;
    child.awaitPort(front.port());
    this.baseBytes = scenario.holds() ? Memory.held(child.pids(), javaPid()) : 0;
  }

  /// Starts both; the proxy listens when this returns.
  ///
  /// @param folder for all proxies
  static Stand start(
      Children children,
      Plan plan,
      Scenario scenario,
      Proxy proxy,
      Path folder,
      @Nullable Certificate certificate)
      throws IOException, InterruptedException {
    Path own = Files.createDirectories(folder.resolve(scenario + "-" + proxy.name()));
    Child upstream =
        children.start(
            "upstream",
            OTHER_CORE,
            Java.command(SMALL, UpstreamProcess.class.getName(), scenario.name()));
    int behind = Integer.parseInt(upstream.hear());
    int connections = Math.max(plan.connections(), plan.streams(scenario));
    Front front =
        new Front(
            own, Ports.free(), Ports.free(), behind, connections, certificate, scenario.duty());
    Child child = children.start(proxy.name(), PROXY_CORE, proxy.command(front));
    try {
      return new Stand(children, plan, scenario, proxy, front, upstream, child);
    } catch (IOException e) {
      children.end(child);
      children.end(upstream);
      throw e;
    }
  }

  /// Starts the process that makes the load for all of them.
  static Child load(Children children) throws IOException {
    return children.start("load", OTHER_CORE, Java.command(SMALL, LoadProcess.class.getName()));
  }

  String name() {
    return proxy.name();
  }

  /// Load before anything is measured.
  Sample warmUp(Child load) throws IOException {
    load.say(order(true, plan.warmUp()).line());
    return Sample.parse(load.hear()).late(upstreamLate());
  }

  Sample measure(Child load) throws IOException {
    load.say(order(false, plan.window(scenario)).line());
    String line = load.hear();
    while (line.equals(LoadProcess.BEGIN)) {
      var _ = upstreamLate(); // what was before does not count
      line = load.hear();
    }
    Sample sample = Sample.parse(line);
    // bytes are counted as well behind a late upstream
    return scenario.holds() ? sample : sample.late(upstreamLate());
  }

  @Override
  public void close() {
    children.end(child);
    children.end(upstream);
  }

  private double upstreamLate() throws IOException {
    upstream.say("");
    return Double.parseDouble(upstream.hear());
  }

  private Order order(boolean warmUp, Duration window) {
    double share = proxy.share();
    Certificate certificate = front.certificate();
    return new Order(
        scenario,
        warmUp,
        ports(),
        child.pids(),
        javaPid(),
        headers(),
        plan.connections(),
        (int) Math.ceil(plan.streams(scenario) * share),
        plan.perSecond() * share,
        baseBytes,
        certificate == null ? null : certificate.chain().toString(),
        plan.settle(),
        window);
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new TreeMap<>(scenario.duty().headers());
    headers.putAll(proxy.headers(front));
    return headers;
  }

  private Map<Wire, Integer> ports() {
    Map<Wire, Integer> ports = new EnumMap<>(Wire.class);
    for (Wire wire : scenario.wires()) {
      ports.put(wire, proxy.port(front, wire));
    }
    return ports;
  }

  private long javaPid() {
    return proxy.onJvm() ? child.pids().getFirst() : 0;
  }
}
