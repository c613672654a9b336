/// Layer 3, the queue: who waits for room, who gets it next, and who is told at once that waiting
/// is of no use.
@NullMarked
package dev.forebay.queue;

import org.jspecify.annotations.NullMarked;
