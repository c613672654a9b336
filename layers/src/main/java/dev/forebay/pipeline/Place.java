package dev.forebay.pipeline;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Where a call stands in a queue: an estimate, since better calls may come and others leave.
///
/// @param position 1 for the call that is expected to start next
/// @param expected how long it is expected to wait; null if nobody can tell
public record Place(int position, @Nullable Duration expected) {}
