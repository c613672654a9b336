package dev.forebay.server.adapter.engine;

import java.util.Map;

/// One number of an exposition, as it was written: it may be NaN or infinite.
public record Sample(Map<String, String> labels, double value) {}
