/// Layer 1 of 7, the gateway's half: tries a call again elsewhere as long as the caller has seen
/// nothing.
@NullMarked
package dev.forebay.retry;

import org.jspecify.annotations.NullMarked;
