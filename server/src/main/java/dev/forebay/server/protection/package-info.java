/// Keeps the process alive: it takes no new calls while it has too little of anything.
@NullMarked
package dev.forebay.server.protection;

import org.jspecify.annotations.NullMarked;
