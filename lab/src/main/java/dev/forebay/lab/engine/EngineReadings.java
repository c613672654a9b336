package dev.forebay.lab.engine;

/// What an engine counts, at one moment.
///
/// @param accepted requests since the start
/// @param finished of them answered in full
/// @param aborted of them given up by their client
/// @param faulted of them, or refused before, ended by a fault
/// @param running sequences computed now
/// @param waiting sequences queued now
/// @param kvUsage share of the KV pool in use, 0 to 1
/// @param connections open now
public record EngineReadings(
    long accepted,
    long finished,
    long aborted,
    long faulted,
    long promptTokens,
    long generatedTokens,
    long preemptions,
    int running,
    int waiting,
    double kvUsage,
    int connections) {}
