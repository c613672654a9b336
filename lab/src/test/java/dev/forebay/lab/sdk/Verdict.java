package dev.forebay.lab.sdk;

/// How a scenario went.
///
/// @param detail what was seen, or what was wrong
public record Verdict(Scenario scenario, boolean ok, String detail) {}
