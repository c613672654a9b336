/// Logs as files: what happened, who called, how fast it was.
@NullMarked
package dev.forebay.server.adapter.log;

import org.jspecify.annotations.NullMarked;
