package dev.forebay.lab.simulator;

import java.util.List;
import org.HdrHistogram.Histogram;

/// What came of a scenario, in virtual time or on sockets.
///
/// @param stories the ends of all intents, in the order in which they ended
/// @param asked attempts that reached an engine
/// @param preemptions of all engines
/// @param refusals how long refused calls waited for their refusal, nanoseconds: of those whose
///   users asked after the warm-up
/// @param queued how long calls waited in a queue before they were let in, nanoseconds: of those
///   that got content and whose users asked after the warm-up; empty where nobody tells
public record Ran(
    Scenario scenario,
    List<Story> stories,
    long asked,
    long preemptions,
    Histogram refusals,
    Histogram queued) {
  public Ran {
    stories = List.copyOf(stories);
  }
}
