package dev.forebay.fleet;

/// What a call is expected to take of a replica.
///
/// @param prompt tokens of its prompt
/// @param output tokens that three of four answers like each of its choices do not exceed
/// @param choices how many answers it asks for
public record Need(long prompt, long output, int choices) {

  /// In work units: a token of output costs an engine about twice a token of prompt.
  ///
  /// @see <a href="https://arxiv.org/abs/2401.00588">Sheng et al., Fairness in Serving Large
  ///   Language Models, section 4</a>
  public long work() {
    return prompt + 2 * output * choices;
  }
}
