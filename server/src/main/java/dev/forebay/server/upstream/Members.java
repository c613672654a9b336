package dev.forebay.server.upstream;

import dev.forebay.fleet.Replica;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which replicas a pool has: those that its configuration names, and every address of its DNS
/// name. One that is known by the same name and URL is the same replica, with all that is known of
/// it.
final class Members {
  private static final Logger LOG = LoggerFactory.getLogger(Members.class);

  private final String pool;
  private final List<Replica> now;
  private final List<Replica> left;

  /// @param now the replicas that the pool has
  /// @param left replicas that it had, on which calls still run
  Members(String pool, List<Replica> now, List<Replica> left) {
    this.pool = pool;
    this.now = now;
    this.left = left;
  }

  /// Blocks while a name is looked up.
  List<Replica> under(PoolConfig config) {
    Stream<Replica> named =
        config.replicas().stream().map(each -> known(each.name(), each.url(), null));
    return Stream.concat(named, config.dns().isSet() ? found(config.dns().url()) : Stream.of())
        .toList();
  }

  private Stream<Replica> found(URI url) {
    try {
      return Arrays.stream(InetAddress.getAllByName(url.getHost()))
          .map(InetAddress::getHostAddress)
          .sorted()
          .distinct()
          .map(ip -> known(pool + "/" + ip, url, ip));
    } catch (UnknownHostException e) {
      List<Replica> stay =
          now.stream().filter(each -> each.address() != null && each.url().equals(url)).toList();
      LOG.warn(
          "pool {}: cannot resolve {}; its {} replicas stay", pool, url.getHost(), stay.size());
      return stay.stream();
    }
  }

  private Replica known(String name, URI url, @Nullable String address) {
    return Stream.concat(now.stream(), left.stream())
        .filter(each ->
            each.name().equals(name)
                && each.url().equals(url)
                && Objects.equals(each.address(), address))
        .findFirst()
        .orElseGet(() -> new Replica(name, url, address));
  }
}
