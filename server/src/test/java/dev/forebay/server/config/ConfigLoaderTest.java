package dev.forebay.server.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.pipeline.Dialect;
import dev.forebay.server.setting.Address;
import dev.forebay.server.upstream.PoolConfig;
import dev.forebay.server.upstream.ReplicaConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  @TempDir Path folder = Path.of("set by JUnit");

  private final Map<String, String> environment = new HashMap<>();
  private final ConfigLoader loader = new ConfigLoader(environment::get);

  private GatewayConfig parse(String yaml) {
    return loader.parse(yaml, "forebay.yaml", folder);
  }

  private String refusalOf(String yaml) {
    try {
      parse(yaml);
    } catch (ConfigException e) {
      return String.valueOf(e.getMessage());
    }
    throw new AssertionError("was not refused");
  }

  private static PoolConfig only(GatewayConfig config) {
    assertThat(config.pools()).hasSize(1);
    return config.pools().values().iterator().next();
  }

  @Test
  void anEmptyFileIsTheReference() {
    for (String yaml : List.of("", "# nothing\n", "http:\n  # listen: :80\n", "pools:\n")) {
      assertThat(parse(yaml)).isEqualTo(loader.defaults());
    }
  }

  @Test
  void theDefaultsAreThoseThatArePromised() {
    GatewayConfig config = loader.defaults();

    assertThat(config.http().listen()).isEqualTo(new Address("127.0.0.1", 8020));
    assertThat(config.http().maxHeldBody()).isEqualTo(32L << 20);
    assertThat(config.http().heldBodies()).isEqualTo(512L << 20);
    assertThat(config.http().maxHead()).isEqualTo(32 << 10);
    assertThat(config.admin().listen()).isEqualTo(new Address("127.0.0.1", 8021));
    assertThat(config.retry().attempts()).isEqualTo(3);
    assertThat(config.gpu().ejectAtMost()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.upstream().total()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.pools()).isEmpty();
    assertThat(config.warnings())
        .containsExactly("pools is empty: every call will be answered 404");
  }

  @Test
  void aFileChangesOnlyWhatItSays() {
    GatewayConfig config =
        parse(
            """
            http: {drain: 5m}
            pools:
              chat:
                speaks: anthropic
                models: [m-1, m-2]
                replicas:
                  - http://10.0.0.1:8000
                  - {name: two, url: "https://gpu.example.org/engine"}
                probe: {every: 250ms}
            aliases: {gpt-4.1: m-1}
            """);

    assertThat(config.http().drain()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.http().keepAlive()).isEqualTo(loader.defaults().http().keepAlive());
    PoolConfig pool = only(config);
    assertThat(pool.speaks()).isEqualTo(Dialect.ANTHROPIC);
    assertThat(pool.models()).containsExactly("m-1", "m-2");
    assertThat(pool.replicas())
        .containsExactly(
            new ReplicaConfig("10.0.0.1:8000", URI.create("http://10.0.0.1:8000"), ""),
            new ReplicaConfig("two", URI.create("https://gpu.example.org/engine"), ""));
    assertThat(pool.probe().every()).isEqualTo(Duration.ofMillis(250));
    assertThat(pool.probe().timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(pool.dns().isSet()).isFalse();
    assertThat(config.aliases()).containsEntry("gpt-4.1", "m-1");
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void aPoolGetsWhatThePoolDefaultsOfTheFileSay() {
    PoolConfig pool =
        only(
            parse(
                """
                poolDefaults: {passThrough: true, probe: {path: /health, timeout: 3s}}
                pools: {a: {dns: {url: "http://vllm:8000"}, probe: {timeout: 4s}}}
                """));

    assertThat(pool.passThrough()).isTrue();
    assertThat(pool.probe().path()).isEqualTo("/health");
    assertThat(pool.probe().timeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(pool.probe().every()).isEqualTo(Duration.ofSeconds(2));
    assertThat(pool.dns().isSet()).isTrue();
    assertThat(pool.dns().every()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void anUnknownKeyIsRefusedWithItsLineAndTheNearestKey() {
    assertThat(refusalOf("http:\n  listen: 127.0.0.1:1\n  maxHeldBdy: 1MiB\n"))
        .isEqualTo(
            """
            forebay.yaml has an error:
              line 3: http.maxHeldBdy is not known; did you mean maxHeldBody?\
            """);
    assertThat(refusalOf("pool: {}")).contains("line 1: pool is not known; did you mean pools?");
    assertThat(refusalOf("poolDefault: {}")).contains("did you mean poolDefaults?");
    assertThat(refusalOf("attempts: 2"))
        .contains("attempts is not known here; did you mean retry.attempts?");
    assertThat(refusalOf("monitor: {zebra: 2}"))
        .contains("monitor.zebra is not known; known here are every");
    assertThat(refusalOf("pools:\n  a:\n    replicas:\n      - {ulr: 'http://h:1'}"))
        .contains("line 4: pools.a.replicas[0].ulr is not known; did you mean url?");
  }

  @Test
  void aWrongValueIsRefusedWithItsPathAndWhatIsAllowed() {
    assertThat(refusalOf("\nretry:\n  attempts: 0"))
        .contains("line 3: retry.attempts must be 1..10, was 0");
    assertThat(refusalOf("retry: {attempts: three}"))
        .contains("retry.attempts must be a whole number, was three");
    assertThat(refusalOf("retry: {attempts: 5000000000}")).contains("must be below 2^31");
    assertThat(refusalOf("retry: {attempts: 3KiB}")).contains("must be a whole number");
    assertThat(refusalOf("http: {maxHeldBody: 32}"))
        .contains("http.maxHeldBody must be a size like 64KiB, 32MiB or 100MB, was 32");
    assertThat(refusalOf("gpu: {ejectFor: 10}"))
        .contains("gpu.ejectFor must be a time like 250ms, 20s, 10m or 1h, was 10");
    assertThat(refusalOf("gpu: {ejectFor: 10m}"))
        .contains("gpu.ejectAtMost must be >= ejectFor (10m), was 5m");
    assertThat(refusalOf("http: {queueProgress: 1ms}"))
        .contains("http.queueProgress must be 0s or >= 100ms, was 1ms");
    assertThat(refusalOf("pools: {a: {maxNumSeqs: -1, replicas: [http://h:1]}}"))
        .contains("pools.a.maxNumSeqs must be 0..1000000, was -1");
    assertThat(refusalOf("log: {access: yes}")).contains("log.access must be true or false");
    assertThat(refusalOf("pools: {a: {speaks: opnai, replicas: ['http://h:1']}}"))
        .contains("pools.a.speaks must be openai or anthropic, was opnai");
    assertThat(refusalOf("http: {listen: 8020}")).contains("http.listen must be host:port");
    assertThat(refusalOf("http: {listen: '1.1.1.1:70000'}"))
        .contains("http.listen port must be 0..65535, was 70000");
    assertThat(refusalOf("http: 3")).contains("http must be a mapping of keys to values");
    assertThat(refusalOf("[1]")).contains("it must be a mapping of keys to values");
    assertThat(refusalOf("aliases: [a]")).contains("aliases must be a mapping of names to values");
    assertThat(refusalOf("http: {allowedOrigins: '*'}"))
        .contains("http.allowedOrigins must be a list");
    assertThat(refusalOf("retry:\n  attempts:"))
        .contains("line 2: retry.attempts has no value; leave the key out for its default");
  }

  @Test
  void allErrorsAreToldAtOnce() {
    assertThat(refusalOf("log: {acess: true}\nretry: {attempts: 0}\ngpu: {ejectAfter: x}"))
        .isEqualTo(
            """
            forebay.yaml has 3 errors:
              line 1: log.acess is not known; did you mean access?
              line 2: retry.attempts must be 1..10, was 0
              line 3: gpu.ejectAfter must be a whole number, was x\
            """);
  }

  @Test
  void aMistakeInThePoolDefaultsIsToldOnce() {
    String refusal =
        refusalOf(
            """
            poolDefaults:
              probe: {every: never}
            pools: {a: {replicas: ['http://a:1']}, b: {replicas: ['http://b:1']}}
            """);

    assertThat(refusal).contains("line 2: poolDefaults.probe.every must be a time");
    assertThat(refusal.lines()).hasSize(2);
  }

  @Test
  void whatStandsInForAPoolMustBeAbleTo() {
    assertThat(fallbackRefused("a: {models: [m], fallback: [hostd]}", "hosted: {models: [n]}"))
        .contains("line 2: pools.a.fallback must name pools, was hostd; did you mean hosted?");
    assertThat(fallbackRefused("a: {models: [m], fallback: [b]}", "b: {speaks: anthropic}"))
        .contains("pools.a.fallback must name pools that speak openai, b speaks anthropic");
    assertThat(fallbackRefused("a: {models: [m], fallback: [b, b]}", "b: {models: [n]}"))
        .contains("pools.a.fallback must name pools once each, twice was b");
    assertThat(fallbackRefused("a: {models: [m], fallback: [b]}", "b: {models: [n, o]}"))
        .contains(
            "pools.a.fallback must name pools that can serve m, b cannot;"
                + " say in pools.b.aliases what it is there");
    assertThat(fallbackRefused("a: {models: [m]}", "b: {models: [n], aliases: {m: o}}"))
        .contains("pools.b.aliases must name models that the pool serves, one was o");
  }

  @Test
  void poolsNeverStandInForOneAnotherInACircle() {
    assertThat(fallbackRefused("a: {models: [m], fallback: [a]}"))
        .contains("pools.a.fallback must not lead back to it, was a, a");
    assertThat(
            fallbackRefused(
                "a: {models: [m], fallback: [b]}",
                "b: {models: [n], fallback: [c, d]}",
                "c: {models: [o]}",
                "d: {models: [p], fallback: [a]}"))
        .contains("pools.a.fallback must not lead back to it, was a, b, d, a")
        .hasLineCount(2);
  }

  @Test
  void poolsOfWhichOneStandsInForTheOtherMayServeTheSameModel() {
    GatewayConfig config = parse(pools("a: {models: [m], fallback: [b]}", "b: {models: [m]}"));
    assertThat(requireNonNull(config.pools().get("a")).fallback()).containsExactly("b");
    assertThat(fallbackRefused("a: {models: [m]}", "b: {models: [m]}"))
        .contains("pools.b.models must be in one pool per dialect");
  }

  private String fallbackRefused(String... pools) {
    return refusalOf(pools(pools));
  }

  /// Each pool gets a replica of its own.
  private static String pools(String... pools) {
    var yaml = new StringBuilder("pools:\n");
    for (int i = 0; i < pools.length; i++) {
      String replicas = ", replicas: ['http://h:%d']}\n".formatted(i + 1);
      yaml.append("  ").append(pools[i], 0, pools[i].length() - 1).append(replicas);
    }
    return yaml.toString();
  }

  @Test
  void whatIsAmbiguousIsRefused() {
    assertThat(refusalOf("retry: {attempts: 1}\nlog: {}\nretry: {attempts: 2}"))
        .contains("line 3: retry is written twice, first on line 1");
    assertThat(refusalOf("a: 1\n---\nb: 2")).contains("a second document");
    assertThat(refusalOf("http: {listen")).contains("line 1:");
  }

  @Test
  void anchorsRepeatButCannotExplode() {
    GatewayConfig config =
        parse(
            """
            pools:
              a: {replicas: ['http://a:1'], probe: &often {every: 1s}}
              b: {replicas: ['http://b:1'], probe: *often}
            """);
    assertThat(config.pools().values())
        .allSatisfy(pool -> assertThat(pool.probe().every()).isEqualTo(Duration.ofSeconds(1)));

    var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i))
          .append(("*a" + (i - 1) + ", ").repeat(9))
          .append("*a%d]\n".formatted(i - 1));
    }
    assertThat(refusalOf(bomb.toString())).hasSizeLessThan(500);
    assertThat(refusalOf("[".repeat(2000))).hasSizeLessThan(500);
  }

  @Test
  void theEnvironmentFillsValues() {
    environment.put("PORT", "9000");
    environment.put("TRIES", "5");
    GatewayConfig config =
        parse(
            """
            http: {listen: "127.0.0.1:${PORT}"}
            retry: {attempts: "${TRIES}"}
            gpu: {slowStart: "${SLOW:7s}"}
            log: {directory: "a$${b}${NONE:}"}
            """);

    assertThat(config.http().listen().port()).isEqualTo(9000);
    assertThat(config.retry().attempts()).isEqualTo(5);
    assertThat(config.gpu().slowStart()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.log().directory()).isEqualTo("a${b}");
  }

  @Test
  void anUnsetVariableWithoutADefaultIsNamedWithItsPath() {
    assertThat(refusalOf("admin:\n  token: ${FOREBAY_TOKEN}"))
        .contains(
            "line 2: admin.token needs the environment variable FOREBAY_TOKEN, which is not set");
    assertThat(refusalOf("admin: {token: '${}'}")).contains("holds ${ that is not ${NAME}");
  }

  @Test
  void secretsAreReadFromFilesBesideTheConfiguration() throws IOException {
    Files.writeString(folder.resolve("token"), "t0p-secret\r\n");
    Path file = Files.writeString(folder.resolve("forebay.yaml"), "admin: {token: file:token}");
    assertThat(loader.load(file).admin().token().value()).isEqualTo("t0p-secret");

    environment.put("DIR", folder.toString());
    assertThat(parse("admin: {token: 'file:${DIR}/token'}").admin().token().value())
        .isEqualTo("t0p-secret");
    assertThat(refusalOf("admin: {token: file:/no/such}"))
        .contains("admin.token needs the file /no/such, which cannot be read");
    Files.writeString(folder.resolve("empty"), "\n");
    assertThat(refusalOf("admin: {token: file:empty}")).contains("which is empty");
  }

  @Test
  void secretsNeverShow() {
    environment.put("KEY", "sk-hush");
    GatewayConfig config =
        parse("pools: {a: {replicas: ['http://a:1'], key: '${KEY}'}}\nadmin: {token: sk-hush}");
    assertThat(only(config).key().value()).isEqualTo("sk-hush");
    assertThat(config.toString()).doesNotContain("sk-hush").contains("***");

    for (String yaml :
        List.of(
            "admin: {token: \"sk-hush\\u0001\"}",
            "admin: {token: [sk-hush]}",
            "admin: {token: \"sk-hush}",
            "admin:\n  token: \"sk-hush\"x",
            "pools: {a: {replicas: ['http://me:sk-hush@a:1']}}",
            "pools: {a: {replicas: ['http://me:sk-hush@a b:1']}}",
            "pools: {a: {replicas: ['http://a:1'], proxy: 'http://me:sk-hush@p:1'}}",
            "pools: {a: {replicas: ['http://a:1'], dns: {url: 'http://me:sk-hush@p:1'}}}")) {
      assertThat(refusalOf(yaml)).as(yaml).doesNotContain("sk-hush");
    }
  }

  @Test
  void poolsThatContradictEachOtherAreRefused() {
    assertThat(refusalOf("pools: {a: {models: [m]}}"))
        .contains("pools.a.replicas or dns must name where the pool's engines are");
    assertThat(
            refusalOf("pools:\n  a: {replicas: ['http://x:1']}\n  b: {replicas: ['http://x:1']}"))
        .contains(
            "line 3: pools.b.replicas must have names unique in the whole fleet, x:1 is also in"
                + " pools.a");
    assertThat(
            refusalOf(
                """
                pools:
                  a: {models: [m], replicas: ['http://x:1']}
                  b: {models: [m], replicas: ['http://y:1']}
                """))
        .contains("pools.b.models must be in one pool per dialect, m is also in pools.a");
    assertThat(refusalOf("pools: {'a b': {replicas: ['http://x:1']}}"))
        .contains("pools must have names of letters");
  }

  @Test
  void aModelMayBeServedOnceInEachDialect() {
    assertThat(
            parse(
                    """
                    pools:
                      a: {models: [m], replicas: ['http://x:1']}
                      b: {models: [m], speaks: anthropic, replicas: ['http://y:1']}
                    """)
                .pools())
        .hasSize(2);
  }

  @Test
  void anAliasNamesAModel() {
    String pool = "pools: {a: {models: [m], replicas: ['http://x:1']}}\n";
    assertThat(refusalOf(pool + "aliases:\n  x: y\n  y: m"))
        .contains("line 3: aliases.x must name a model, not an alias, was y");
    assertThat(parse(pool + "aliases: {gpt: n}").warnings())
        .containsExactly("aliases.gpt names n, which no pool lists");
    assertThat(parse("pools: {a: {replicas: ['http://x:1']}}\naliases: {gpt: n}").warnings())
        .isEmpty();
  }

  @Test
  void anAdminListenerThatOthersReachNeedsAToken() {
    assertThat(refusalOf("admin: {listen: '0.0.0.0:8021'}"))
        .contains("admin.token must be set when other machines can reach listen");
    assertThat(parse("admin: {listen: '[::]:8021', token: t}").admin().token().isSet()).isTrue();
    assertThat(parse("admin: {listen: '[::1]:0'}").admin().listen().port()).isZero();
  }

  @Test
  void filesThatCannotBeAConfigurationAreRefused() throws IOException {
    Path large = Files.writeString(folder.resolve("large"), "#".repeat((1 << 20) + 1));
    assertThatThrownBy(() -> loader.load(large)).hasMessageContaining("larger than 1 MiB");
    Path latin = folder.resolve("latin");
    Files.write(latin, "log: {directory: é}".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> loader.load(latin)).hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> loader.load(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
