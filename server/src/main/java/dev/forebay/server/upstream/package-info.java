/// Bytes out: connections to replicas, the splice, and what an engine answered.
@NullMarked
package dev.forebay.server.upstream;

import org.jspecify.annotations.NullMarked;
