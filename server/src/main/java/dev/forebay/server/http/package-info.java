/// Bytes in: listener, connections, request reading, and the one place where an outcome becomes a
/// status and headers.
@NullMarked
package dev.forebay.server.http;

import org.jspecify.annotations.NullMarked;
