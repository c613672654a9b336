package dev.forebay.pipeline;

/// One step of a call's way through the gateway.
///
/// A stage runs on the call's loop and never blocks. It either passes the call on, now or later, or
/// ends it. Whatever it takes for the call (a permit, a place in a queue) it gives to the call to
/// hold, so that it is given back in the one place where calls end.
public interface Stage {

  /// Decides about one call.
  ///
  /// @param next what comes behind this stage; may be kept and used later, on the call's loop
  void handle(Call call, Next next);
}
