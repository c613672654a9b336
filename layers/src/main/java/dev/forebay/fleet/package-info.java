/// Where a call can go: pools of replicas, what is known of each, and the ports through which room
/// on them is asked for.
@NullMarked
package dev.forebay.fleet;

import org.jspecify.annotations.NullMarked;
