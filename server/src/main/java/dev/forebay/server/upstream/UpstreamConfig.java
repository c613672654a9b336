package dev.forebay.server.upstream;

import dev.forebay.server.setting.Check;
import dev.forebay.server.setting.Spans;
import java.time.Duration;

/// How patient the gateway is with a replica, and how its connections are kept.
///
/// @param connect until a connection stands, TLS included
/// @param firstContent from the request sent to the first event with content
/// @param idle silence after the first content; any byte ends it
/// @param total the whole of one attempt
/// @param commitAfter until the head is sent to a waiting caller even though there is no content
/// @param keepAliveEvery between keep-alive comments of a stream that was committed and has no
///   content
/// @param idleConnections kept open per replica and loop, 0..65535
/// @param idleFor how long a connection is kept without a call
public record UpstreamConfig(
    Duration connect,
    Duration firstContent,
    Duration idle,
    Duration total,
    Duration commitAfter,
    Duration keepAliveEvery,
    int idleConnections,
    Duration idleFor) {
  public UpstreamConfig {
    Check.positive("connect", connect);
    Check.positive("firstContent", firstContent);
    Check.positive("idle", idle);
    Check.positive("total", total);
    if (total.compareTo(firstContent) < 0) {
      throw new IllegalArgumentException(
          "total must be >= firstContent ("
              + Spans.print(firstContent)
              + "), was "
              + Spans.print(total));
    }
    Check.positive("commitAfter", commitAfter);
    Check.positive("keepAliveEvery", keepAliveEvery);
    Check.between("idleConnections", idleConnections, 0, 65_535);
    Check.positive("idleFor", idleFor);
  }
}
