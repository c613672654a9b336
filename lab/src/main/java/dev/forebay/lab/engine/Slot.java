package dev.forebay.lab.engine;

/// Which of a request's choices a sequence makes.
record Slot(Exchange exchange, int choice) {}
