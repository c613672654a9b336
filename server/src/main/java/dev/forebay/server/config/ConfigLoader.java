package dev.forebay.server.config;

import dev.forebay.server.config.Tree.Mapping;
import dev.forebay.server.config.Tree.Scalar;
import dev.forebay.server.config.Tree.Sequence;
import dev.forebay.server.upstream.PoolConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Lays the operator's YAML over the reference and binds the whole to records, or refuses it whole
/// with every error it has. Safe for many threads.
public final class ConfigLoader {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_SECRET_BYTES = 64 << 10;

  private final Reference reference = Reference.load();
  private final Placeholders placeholders;

  public ConfigLoader() {
    this(System::getenv);
  }

  /// @param environment gives the value of a variable, or null
  public ConfigLoader(UnaryOperator<@Nullable String> environment) {
    this.placeholders = new Placeholders(environment);
  }

  /// The commented YAML of every key with its default: the documentation of the configuration.
  public String reference() {
    return reference.text();
  }

  /// What the gateway does without a file: no pools, all else as in the reference.
  public GatewayConfig defaults() {
    return parse("", "reference.yaml", Path.of(""));
  }

  /// Reads a file of at most 1 MiB.
  ///
  /// @throws IOException if the file is missing or cannot be read
  /// @throws ConfigException if it says what cannot be
  public GatewayConfig load(Path file) throws IOException {
    return load(file, _ -> {});
  }

  /// Reads a file, and says which other files it reads for it.
  GatewayConfig load(Path file, Consumer<Path> reads) throws IOException {
    byte[] bytes = read(file, MOST_BYTES);
    if (bytes.length > MOST_BYTES) {
      throw new ConfigException(file.toString(), List.of("it is larger than 1 MiB"));
    }
    String yaml;
    try {
      yaml = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ConfigException(file.toString(), List.of("it is not UTF-8"));
    }
    return parse(yaml, file.toString(), file.toAbsolutePath().resolveSibling(""), reads);
  }

  /// Reads YAML that stands in no file.
  ///
  /// @param source what the YAML is called in errors
  /// @param folder what relative paths of secrets start from
  /// @throws ConfigException if it says what cannot be
  public GatewayConfig parse(String yaml, String source, Path folder) {
    return parse(yaml, source, folder, _ -> {});
  }

  private GatewayConfig parse(String yaml, String source, Path folder, Consumer<Path> reads) {
    if (!(reference.tree().under(YamlReader.read(source, yaml))
        instanceof Mapping(var entries, _))) {
      throw new ConfigException(source, List.of("it must be a mapping of keys to values"));
    }
    var keys = new LinkedHashMap<>(entries);
    keys.computeIfPresent(Reference.POOLS, (_, pools) -> laidOverDefaults(pools, keys));
    var binder =
        new Binder(
            reference,
            new Mapping(keys, 0),
            placeholders,
            path -> secret(folder.resolve(path), path, reads));
    Tree defaults = keys.get(Reference.POOL_DEFAULTS);
    var bound = new LinkedHashMap<>(keys);
    bound.remove(Reference.POOL_DEFAULTS);
    if (defaults != null
        && binder.components(
                PoolConfig.class, defaults, Reference.POOL_DEFAULTS, Reference.POOL_DEFAULTS)
            == null) {
      // Each pool would only repeat what is wrong with the defaults.
      bound.put(Reference.POOLS, new Mapping(Map.of(), 0));
    }
    Object config = binder.bind(GatewayConfig.class, new Mapping(bound, 0), "", "");
    if (config == null || !binder.errors().isEmpty()) {
      throw new ConfigException(source, binder.errors());
    }
    return (GatewayConfig) config;
  }

  private static Tree laidOverDefaults(Tree pools, Map<String, Tree> keys) {
    Tree defaults = keys.computeIfPresent(Reference.POOL_DEFAULTS, (_, tree) -> named(tree));
    if (defaults == null || !(pools instanceof Mapping(var byName, int line))) {
      return pools;
    }
    var laidOut = new LinkedHashMap<String, Tree>();
    byName.forEach((name, pool) -> laidOut.put(name, defaults.under(named(pool))));
    return new Mapping(laidOut, line);
  }

  /// A replica may be only a URL, or have no name: the name is then empty.
  private static Tree named(Tree pool) {
    if (!(pool instanceof Mapping(var keys, int line))
        || !(keys.get("replicas") instanceof Sequence(var replicas, int replicasLine))) {
      return pool;
    }
    var named = new LinkedHashMap<>(keys);
    named.put(
        "replicas",
        new Sequence(replicas.stream().map(ConfigLoader::namedReplica).toList(), replicasLine));
    return new Mapping(named, line);
  }

  private static Tree namedReplica(Tree replica) {
    Tree noName = new Mapping(Map.of("name", new Scalar("", replica.line())), replica.line());
    return switch (replica) {
      case Scalar(_, int line) -> noName.under(new Mapping(Map.of("url", replica), line));
      case Mapping _ -> noName.under(replica);
      case Sequence _, Tree.Nothing _ -> replica;
    };
  }

  private static String secret(Path file, String path, Consumer<Path> reads) {
    reads.accept(file);
    byte[] bytes;
    try {
      bytes = read(file, MOST_SECRET_BYTES);
    } catch (IOException e) {
      throw new IllegalArgumentException("needs the file " + path + ", which cannot be read", e);
    }
    if (bytes.length > MOST_SECRET_BYTES) {
      throw new IllegalArgumentException("needs the file " + path + ", which is above 64 KiB");
    }
    String secret = new String(bytes, StandardCharsets.UTF_8).replaceFirst("[\r\n]+\\z", "");
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("needs the file " + path + ", which is empty");
    }
    return secret;
  }

  private static byte[] read(Path file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(most + 1);
    }
  }
}
