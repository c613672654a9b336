/// Metrics, told to Prometheus when it asks.
@NullMarked
package dev.forebay.server.adapter.prometheus;

import org.jspecify.annotations.NullMarked;
