package dev.forebay.pipeline;

/// What a caller asks for; each belongs to one dialect.
public enum Operation {
  CHAT("chat", Dialect.OPENAI),
  COMPLETION("text_completion", Dialect.OPENAI),
  EMBEDDINGS("embeddings", Dialect.OPENAI),
  RESPONSES("responses", Dialect.OPENAI),
  MESSAGES("messages", Dialect.ANTHROPIC),
  /// Reading, changing or deleting an object that an earlier call had made and stored; its path
  /// names it. Makes no tokens.
  STORED("stored", Dialect.OPENAI),
  /// A path that is forwarded without being understood, where a pool allows it.
  PASS_THROUGH("pass_through", Dialect.OPENAI);

  private final String label;
  private final Dialect dialect;

  Operation(String label, Dialect dialect) {
    this.label = label;
    this.dialect = dialect;
  }

  /// The name in metrics and logs.
  public String label() {
    return label;
  }

  public Dialect dialect() {
    return dialect;
  }

  /// Whether a replica has to generate for it, rather than look something up.
  public boolean generates() {
    return this != STORED && this != PASS_THROUGH;
  }
}
