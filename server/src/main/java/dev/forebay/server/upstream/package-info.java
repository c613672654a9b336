/// Bytes out: connections to replicas, the splice of their answers, and what is known of them.
@NullMarked
package dev.forebay.server.upstream;

import org.jspecify.annotations.NullMarked;
