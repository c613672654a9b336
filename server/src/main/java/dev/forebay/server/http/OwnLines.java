package dev.forebay.server.http;

import dev.forebay.pipeline.Degradation;
import dev.forebay.pipeline.Place;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
    if (call.replicasAsked() > 0) {
      lines.append("x-forebay-attempts: ").append(call.replicasAsked()).append("\r\n");
    }
    if (!call.waiting()) {
      long waited = TimeUnit.NANOSECONDS.toMillis(call.waitedNanos());
      lines.append("x-forebay-queue-ms: ").append(waited).append("\r\n");
    }
    append(call.place(), lines);
    Degradation degradation = call.degradation();
    if (!degradation.isNone()) {
      lines.append("x-forebay-degraded: ").append(degradation).append("\r\n");
    }
    AllowanceLines.append(call.allowance(), lines);
    String origin = call.headers().get("origin");
    if (origin != null) {
      // A foreign page never gets this far: the door lets in only origins that are listed.
      lines.append(cors(origin));
    }
    return lines.toString();
  }

  private static void append(@Nullable Place place, StringBuilder lines) {
    if (place != null) {
      lines.append("x-forebay-queue-position: ").append(place.position()).append("\r\n");
    }
    if (place != null && place.expected() != null) {
      lines
          .append("x-forebay-queue-expected-ms: ")
          .append(place.expected().toMillis())
          .append("\r\n");
    }
  }

  /// What lets a browser show an answer to the page that asked for it.
  static String cors(String origin) {
    return "access-control-allow-origin: "
        + origin
        + "\r\naccess-control-expose-headers: *\r\nvary: origin\r\n";
  }

  private static @Nullable String replica(HttpCall call) {
    if (call.attempt() != null) {
      return call.attempt().replica();
    }
    return call.replicas().isEmpty() ? null : call.replicas().getLast();
  }
}
