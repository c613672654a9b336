package dev.forebay.pipeline;

import java.util.Map;

/// What a stage found out about a call or an attempt, for whoever asks later why it went as it did.
///
/// Immutable and small: it is kept long after the call has ended, so it holds nothing of the call,
/// nothing that was asked or answered, and makes its words only when it is asked for them.
public interface Note {

  /// What was found, by name: text, numbers, truth values, and maps and lists of them.
  Map<String, Object> tell();
}
