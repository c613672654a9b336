package dev.forebay.server.upstream;

/// Whether replicas are asked to tell what a stream used where its caller did not ask.
public enum StreamUsage {
  /// Asked with `stream_options.include_usage`; what only tells it is kept from the caller.
  ASK,
  /// Streams are asked for as their callers do.
  LEAVE
}
