package dev.forebay.server.openai;

import dev.forebay.pipeline.Request;

/// What was read from a request's body, and where in it the model is named.
///
/// Bytes [modelFrom, modelTo), counted from the body's reader index, are the JSON string that names
/// the model, quotes included: another name is put in their place without encoding the rest anew.
/// Both are -1 if the body names none. What else may be edited is counted alike.
public record Scanned(Request request, int modelFrom, int modelTo, Edits edits) {

  /// The same, with another model named in bytes [modelFrom, to).
  public Scanned renamed(String model, int to) {
    return new Scanned(request.forModel(model), modelFrom, to, edits.moved(modelTo, to - modelTo));
  }
}
