/// Layer 7 of 7: sees every call and its outcome once, and judges the whole.
@NullMarked
package dev.forebay.monitor;

import org.jspecify.annotations.NullMarked;
