package dev.forebay.pipeline;

/// Who calls, as far as is known. The end user, whom callers name in the body, is the request's.
///
/// @param tenant who pays
/// @param key which of the tenant's credentials was shown, by its name and never the credential
///   itself; empty if none
/// @param priority class 0..3, 0 the most urgent
/// @param network where the call came from
public record Caller(String tenant, String key, int priority, Network network) {
  public static final int MOST_URGENT = 0;
  public static final int LEAST_URGENT = 3;

  /// Nobody known, from nowhere known.
  public static final Caller ANONYMOUS = anonymous(Network.UNKNOWN);

  public Caller {
    if (priority < MOST_URGENT || priority > LEAST_URGENT) {
      throw new IllegalArgumentException("priority must be 0..3, was " + priority);
    }
  }

  /// Nobody known, of whom no more is known than from where.
  public static Caller anonymous(Network network) {
    return new Caller("anonymous", "", 1, network);
  }
}
