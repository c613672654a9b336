package dev.forebay.server.openai;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What may be edited in a request's body on its way to a replica.
///
/// Bytes [modelFrom, modelTo), counted from the body's reader index, are the JSON string that names
/// the model, quotes included: another name is put in their place without encoding the rest anew.
/// Both are -1 if the body names none. All edits are counted alike.
///
/// @param members whether other members can be put behind the model's
/// @param usage makes the engine tell its usage in the stream; null where that means nothing or the
///   caller asked for it already
/// @param bound where what is generated is bounded; null if that cannot be changed
/// @param given the fields for a tenant that the caller set itself
public record Edits(
    int modelFrom,
    int modelTo,
    boolean members,
    @Nullable Edit usage,
    @Nullable OutputBound bound,
    Set<TenantField> given) {
  /// Nothing may be edited.
  public static final Edits NONE = of(-1, -1);

  /// Nothing but the model's name may be edited.
  static Edits of(int modelFrom, int modelTo) {
    return new Edits(modelFrom, modelTo, false, null, null, Set.of());
  }

  /// The same, in a body in which another name for the model ends there.
  Edits renamed(int to) {
    int by = to - modelTo;
    return new Edits(
        modelFrom,
        to,
        members,
        usage == null ? null : usage.moved(modelTo, by),
        bound == null ? null : bound.moved(modelTo, by),
        given);
  }

  /// Whether the model can be named otherwise.
  public boolean renames() {
    return modelFrom >= 0;
  }

  /// Names another model. Only where `renames` says that this can be.
  public Edit model(String name) {
    return new Edit(modelFrom, modelTo, JsonText.quoted(name));
  }

  /// Whether a bound can be set on what is generated.
  public boolean bounds() {
    return bound != null && modelTo >= 0;
  }

  /// Bounds what is generated. Only where `bounds` says that this can be.
  public List<Edit> bound(int tokens) {
    return bound == null ? List.of() : bound.at(tokens, modelTo);
  }

  /// Puts a member with that text behind the model's; null if the caller set one of that name.
  ///
  /// @param text letters and digits
  public @Nullable Edit tenant(TenantField field, String text) {
    return !members || given.contains(field)
        ? null
        : new Edit(modelTo, modelTo, ",\"" + field.member() + "\":\"" + text + "\"");
  }
}
