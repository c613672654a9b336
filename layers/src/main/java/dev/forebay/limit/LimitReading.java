package dev.forebay.limit;

/// What came of one limit so far.
///
/// @param subject whom it counts for: a name, or empty at the levels that have none
/// @param limit in words
/// @param shadow whether it only counts
/// @param passed calls of which it was taken
/// @param refused calls that it refused, or in shadow would have refused
/// @param forgotten callers who were forgotten while they owed something, for want of room
public record LimitReading(
    Level level,
    String subject,
    String limit,
    boolean shadow,
    long passed,
    long refused,
    long forgotten) {}
