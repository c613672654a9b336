package dev.forebay.lab.bench.scenario;

import dev.forebay.lab.bench.proxy.Wire;
import dev.forebay.lab.load.Arrival;
import dev.forebay.lab.load.LoadTarget;
import dev.forebay.lab.load.RequestBytes;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

/// One proxy to be measured once. It crosses to the load's process as a line of JSON.
///
/// @param warmUp whether nothing is to be measured, only compiled, opened and filled
/// @param ports where the proxy listens, by what is spoken there
/// @param pids its processes
/// @param javaPid the one of them whose heap can be asked about, 0 if none
/// @param headers that each call carries
/// @param connections of unary calls
/// @param streams open at once
/// @param perSecond calls offered in an open loop
/// @param baseBytes what the proxy's memory was before it had seen any load
/// @param certificate path of what it shows under TLS
/// @param settle load before the window
/// @param window that is measured
public record Order(
    Scenario scenario,
    boolean warmUp,
    Map<Wire, Integer> ports,
    List<Long> pids,
    long javaPid,
    Map<String, String> headers,
    int connections,
    int streams,
    double perSecond,
    long baseBytes,
    @Nullable String certificate,
    Duration settle,
    Duration window) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PROMPT_TOKENS = 350; // 1.5 KB with its JSON
  private static final int OUTPUT_TOKENS = 100;

  public String line() {
    return JSON.writeValueAsString(this);
  }

  public static Order parse(String line) {
    return JSON.readValue(line, Order.class);
  }

  LoadTarget target(Wire wire) {
    LoadTarget target = LoadTarget.local("http://127.0.0.1:" + ports.get(wire), "replayer");
    for (var header : headers.entrySet()) {
      target = target.with(header.getKey(), header.getValue());
    }
    return target;
  }

  InetSocketAddress address(Wire wire) {
    return target(wire).address();
  }

  /// A call in HTTP/1.1, head and body.
  byte[] request(Wire wire, boolean stream) {
    return new RequestBytes(target(wire))
        .render(Arrival.of(0, PROMPT_TOKENS, OUTPUT_TOKENS, stream, 1), "bench");
  }

  /// The body of [#request].
  byte[] body(Wire wire) {
    byte[] whole = request(wire, false);
    int at = 0;
    while (whole[at] != '{') {
      at++;
    }
    return Arrays.copyOfRange(whole, at, whole.length);
  }

  static int promptTokens() {
    return PROMPT_TOKENS;
  }

  static int outputTokens() {
    return OUTPUT_TOKENS;
  }
}
