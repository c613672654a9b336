package dev.forebay.server.openai;

import dev.forebay.pipeline.Request;

/// What was read from a request's body, and what in it may be edited.
public record Scanned(Request request, Edits edits) {

  /// The same, with another model named in bytes [modelFrom, to).
  public Scanned renamed(String model, int to) {
    return new Scanned(request.forModel(model), edits.renamed(to));
  }
}
