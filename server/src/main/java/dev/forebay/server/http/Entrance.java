package dev.forebay.server.http;

import dev.forebay.pipeline.Next;
import dev.forebay.pipeline.Outcome;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/// What stands behind the sockets under one configuration: where calls go in. A call is read,
/// served and answered by the one that its request met first, whichever configuration comes
/// meanwhile.
///
/// @param http how callers are treated
/// @param proxies who is believed when it says for whom it calls
/// @param callers who calls, by the key that is shown
/// @param path takes a call that was read and found valid
/// @param refused takes a call that ends at the door, so that it is counted like any other
/// @param full whether the process has no room for another call
/// @param aliases from the model that a caller named to the one that is served
/// @param models the merged list of models
public record Entrance(
    HttpConfig http,
    TrustedProxies proxies,
    Callers callers,
    Next path,
    BiConsumer<HttpCall, Outcome> refused,
    BooleanSupplier full,
    UnaryOperator<String> aliases,
    ModelCatalog models) {}
