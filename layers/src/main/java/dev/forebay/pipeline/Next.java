package dev.forebay.pipeline;

/// What comes behind a stage. Safe to keep; to be used on the call's loop only.
@FunctionalInterface
public interface Next {

  /// Passes the call on. A call that has ended meanwhile goes no further.
  void proceed(Call call);
}
