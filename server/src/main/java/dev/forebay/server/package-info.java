/// The gateway as a process: `Gateway` shows the path of a call on one page.
@NullMarked
package dev.forebay.server;

import org.jspecify.annotations.NullMarked;
