/// The edge towards callers over real sockets: HTTP/2, TLS, trusted proxies, draining.
@NullMarked
package dev.forebay.lab.edge;

import org.jspecify.annotations.NullMarked;
