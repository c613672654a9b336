/// `lab sockets`: the simulator's contest over loopback, with real gateways, an engine that takes
/// as long as the simulated one, and the same users.
@NullMarked
package dev.forebay.lab.sockets;

import org.jspecify.annotations.NullMarked;
