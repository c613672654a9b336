/// What can be asked of the process on the command line.
@NullMarked
package dev.forebay.server.command;

import org.jspecify.annotations.NullMarked;
