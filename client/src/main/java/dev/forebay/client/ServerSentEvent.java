package dev.forebay.client;

/// One event of a stream.
///
/// @param event its name; empty if it has none
/// @param data its data, lines joined by a line feed
public record ServerSentEvent(String event, String data) {}
