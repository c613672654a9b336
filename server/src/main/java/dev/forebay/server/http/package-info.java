/// Bytes in: listeners, request reading, and what an outcome becomes on the wire.
@NullMarked
package dev.forebay.server.http;

import org.jspecify.annotations.NullMarked;
