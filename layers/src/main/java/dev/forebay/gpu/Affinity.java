package dev.forebay.gpu;

import dev.forebay.fleet.Fleet;
import dev.forebay.fleet.Makers;
import dev.forebay.fleet.Makers.Maker;
import dev.forebay.fleet.Pool;
import dev.forebay.fleet.Replica;
import dev.forebay.pipeline.Call;
import dev.forebay.pipeline.Operation;
import dev.forebay.pipeline.Request;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where a call about a stored object goes: to the replica that made it, for no other has it.
///
/// Of an object that is not known (the gateway was started anew, or it was made too long ago) it
/// can still be clear who made it: where only one replica could have. Only for callers of whom
/// nothing is known, as nobody can say any more whose object it was.
final class Affinity {
  private static final int SHOWN = 80;

  private final Fleet fleet;
  private final Makers makers;

  Affinity(Fleet fleet, Makers makers) {
    this.fleet = fleet;
    this.makers = makers;
  }

  sealed interface Place {}

  record At(Pool pool, Replica replica) implements Place {}

  /// @param why in words, for the caller
  record Nowhere(String why) implements Place {}

  /// @param id of the object
  /// @param now the loop's clock, nanoseconds
  Place of(Call call, String id, long now) {
    if (!Makers.isId(id)) {
      return new Nowhere(
          "\"%s\" cannot be the id of a stored object; use the id that its answer told"
              .formatted(id.length() <= SHOWN ? id : id.substring(0, SHOWN) + "..."));
    }
    Maker maker = makers.of(call.owner(), id, now);
    if (maker != null) {
      At at = at(maker);
      return at == null
          ? new Nowhere(
              "%s was made by replica %s, which has left and took it along; create it anew"
                  .formatted(id, maker.replica()))
          : at;
    }
    List<At> candidates = candidates(call.request());
    return call.owner().isEmpty() && candidates.size() == 1
        ? candidates.getFirst()
        : new Nowhere(
            id
                + " is not known: it was never stored here, or so long ago that nobody remembers"
                + " which replica made it; create it anew");
  }

  private @Nullable At at(Maker maker) {
    for (Pool pool : fleet.pools()) {
      if (pool.name().equals(maker.pool())) {
        Replica replica = pool.replica(maker.replica());
        return replica == null ? null : new At(pool, replica);
      }
    }
    return null;
  }

  /// The replicas that may have made what the request needs.
  private List<At> candidates(Request request) {
    Stream<Pool> pools =
        request.operation() == Operation.STORED
            ? fleet.pools().stream().filter(p -> p.speaks() == request.operation().dialect())
            : Stream.ofNullable(fleet.poolFor(request));
    return pools.flatMap(p -> p.replicas().stream().map(replica -> new At(p, replica))).toList();
  }
}
