package dev.forebay.lab.bench.proxy;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How a proxy is to stand: one event loop or worker, everything on loopback.
///
/// @param folder of its own, for its configuration and what it writes
/// @param port where it listens for HTTP/1.1, under TLS if there is a certificate
/// @param http2Port where it listens for HTTP/2 if it cannot on `port`
/// @param upstream port of the one upstream
/// @param connections of callers that it must be able to hold at once
/// @param duty what Forebay has to do for each call
public record Front(
    Path folder,
    int port,
    int http2Port,
    int upstream,
    int connections,
    @Nullable Certificate certificate,
    Duty duty) {}
