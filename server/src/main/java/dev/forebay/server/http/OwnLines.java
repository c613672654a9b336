package dev.forebay.server.http;

/// The header lines that the gateway adds to every answer.
public final class OwnLines {
  private OwnLines() {}

  /// The lines for a call as it stands now, each ended by CRLF.
  public static String of(HttpCall call) {
    StringBuilder lines = new StringBuilder(128);
    lines.append("x-request-id: ").append(call.id()).append("\r\n");
    String replica = replica(call);
    if (replica != null) {
      lines.append("x-forebay-replica: ").append(replica).append("\r\n");
    }
    if (call.attempts() > 0) {
      lines.append("x-forebay-attempts: ").append(call.attempts()).append("\r\n");
    }
    return lines.toString();
  }

  private static @org.jspecify.annotations.Nullable String replica(HttpCall call) {
    if (call.attempt() != null) {
      return call.attempt().replica();
    }
    return call.replicas().isEmpty() ? null : call.replicas().getLast();
  }
}
