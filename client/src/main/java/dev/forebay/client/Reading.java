package dev.forebay.client;

import java.time.Duration;

/// How an answer is read.
///
/// @param whole whether a stream, too, is read to its end first
/// @param mostBytes size of a whole body at most
/// @param idle how long a stream may say nothing once it is handed on
record Reading(boolean whole, long mostBytes, Duration idle) {}
