package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.Contender;

/// What one contender reached at one load.
record Standing(Contender contender, double load, Scores scores) {}
