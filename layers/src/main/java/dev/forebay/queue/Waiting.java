package dev.forebay.queue;

import dev.forebay.pipeline.Caller;
import dev.forebay.pipeline.Place;

/// A call that waits for room in a pool.
///
/// @param arrivedNanos on the loops' clock
/// @param place where it stands now
public record Waiting(String pool, Caller caller, String model, long arrivedNanos, Place place) {}
