/// The gateway byte by byte: what replicas are sent, and what callers get of what they answer.
@NullMarked
package dev.forebay.lab.wire;

import org.jspecify.annotations.NullMarked;
