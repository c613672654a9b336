package dev.forebay.fleet;

import dev.forebay.pipeline.Dialect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The replicas that serve the same models in the same dialect.
///
/// Safe for many loops at once: the list of replicas is swapped as a whole and never changed.
public final class Pool {
  private final String name;
  private final Dialect speaks;
  private final boolean passThrough;
  private volatile List<Replica> replicas;
  private volatile @Nullable Account account;

  /// @param passThrough whether paths that the gateway does not know may be forwarded to this pool
  public Pool(String name, Dialect speaks, boolean passThrough, List<Replica> replicas) {
    this.name = name;
    this.speaks = speaks;
    this.passThrough = passThrough;
    this.replicas = List.copyOf(replicas);
  }

  public String name() {
    return name;
  }

  public Dialect speaks() {
    return speaks;
  }

  public boolean passThrough() {
    return passThrough;
  }

  public List<Replica> replicas() {
    return replicas;
  }

  /// The account that all of its replicas share; null if each stands alone.
  public @Nullable Account account() {
    return account;
  }

  /// Sets the account that all of its replicas share from now on.
  public void account(@Nullable Account account) {
    this.account = account;
  }

  /// On whose behalf a call is sent to the replica.
  public Account accountOf(Replica replica) {
    Account shared = account;
    return shared == null ? replica.account() : shared;
  }

  /// The replica of that name; null if there is none (any more).
  public @Nullable Replica replica(String name) {
    for (Replica replica : replicas) {
      if (replica.name().equals(name)) {
        return replica;
      }
    }
    return null;
  }

  /// Replaces the replicas; those that stay must be the same objects, so that their state stays.
  public void replicas(List<Replica> replicas) {
    this.replicas = List.copyOf(replicas);
  }
}
