package dev.forebay.lab.engine;

import java.util.List;

/// What an iteration brought, and when the next one ends.
///
/// @param at when the iteration that brought these tokens ended; without meaning if there are none
/// @param produced sequences that made one token each, oldest first
/// @param finished those of them that are complete
/// @param nextAt when to call [Scheduler#step] again; [#IDLE] if there is nothing to compute
public record Step<T>(
    long at, List<Sequence<T>> produced, List<Sequence<T>> finished, long nextAt) {

  public static final long IDLE = Long.MAX_VALUE;
}
