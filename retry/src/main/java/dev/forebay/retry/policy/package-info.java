/// Layer 1 of 7, what both of its halves decide by: whether to try again, when, and how often for
/// all calls together. Time is handed in, chance comes from a generator handed in; no clock, no
/// thread, no dependency.
@NullMarked
package dev.forebay.retry.policy;

import org.jspecify.annotations.NullMarked;
