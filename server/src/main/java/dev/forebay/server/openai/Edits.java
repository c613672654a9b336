package dev.forebay.server.openai;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What may be edited in a request's body on its way to a replica.
///
/// @param behindModel where other members can be put, behind the model's; -1 if nothing may be
/// @param usage makes the engine tell its usage in the stream; null where that means nothing or the
///   caller asked for it already
/// @param given the fields for a tenant that the caller set itself
public record Edits(int behindModel, @Nullable Edit usage, Set<TenantField> given) {
  /// Nothing may be edited.
  public static final Edits NONE = new Edits(-1, null, Set.of());

  /// The same, in a body that has become longer by so many bytes before that place.
  public Edits moved(int place, int by) {
    return behindModel < 0
        ? this
        : new Edits(behindModel + by, usage == null ? null : usage.moved(place, by), given);
  }

  /// Puts a member with that text behind the model's; null if the caller set one of that name.
  ///
  /// @param text letters and digits
  public @Nullable Edit tenant(TenantField field, String text) {
    return behindModel < 0 || given.contains(field)
        ? null
        : new Edit(behindModel, behindModel, ",\"" + field.member() + "\":\"" + text + "\"");
  }
}
