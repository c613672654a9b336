package dev.forebay.lab.bench.proxy;

/// What callers speak to the proxy. Behind it everything is HTTP/1.1 over TCP.
public enum Wire {
  /// HTTP/1.1.
  HTTP1,
  /// HTTP/2 over TCP, begun without asking ("prior knowledge").
  HTTP2,
  /// HTTP/1.1 over TLS 1.3.
  TLS
}
