/// What operators ask and machines probe: health, readiness, live readings.
@NullMarked
package dev.forebay.server.admin;

import org.jspecify.annotations.NullMarked;
