package dev.forebay.server.http;

/// An open connection of a caller, as whoever stops the gateway sees it. Belongs to its loop.
interface ClientConnection {

  /// Takes no more requests, and closes once it has nothing under way.
  void drain();

  /// Ends what is under way: the grace period is over.
  void cut();
}
