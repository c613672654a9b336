package dev.forebay.client;

import dev.forebay.retry.policy.CircuitBreaker;
import dev.forebay.retry.policy.RetryBudget;

/// What all calls to one host share. Safe for many threads at once.
///
/// @param name host and port
record Host(String name, RetryBudget budget, CircuitBreaker breaker) {}
