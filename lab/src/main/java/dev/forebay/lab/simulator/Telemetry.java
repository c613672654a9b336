package dev.forebay.lab.simulator;

/// What an engine's metrics said when they were last read.
///
/// @param atNanos when that was
/// @param running sequences computed
/// @param waiting sequences in the engine's own queue
/// @param kvUsage share of the KV pool in use, 0 to 1
/// @param preemptions since the start
/// @param kvTokens tokens that the KV pool holds
/// @param maxNumSeqs sequences computed at once at most
public record Telemetry(
    long atNanos,
    int running,
    int waiting,
    double kvUsage,
    long preemptions,
    int kvTokens,
    int maxNumSeqs) {}
