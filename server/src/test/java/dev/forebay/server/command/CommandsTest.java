package dev.forebay.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.server.config.ConfigLoader;
import dev.forebay.server.config.GatewayConfig;
import dev.forebay.server.setting.Address;
import dev.forebay.server.upstream.discovery.Discovery;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandsTest {
  private static final String VALID =
      "pools: {chat: {models: [m], replicas: ['http://h:1']}}\naliases: {gpt: m}\n";

  @TempDir Path folder = Path.of("set by JUnit");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<GatewayConfig> started = new ArrayList<>();
  private final List<String> followed = new ArrayList<>();
  private final List<String> stopped = new ArrayList<>();
  private Starter starter =
      (config, file) -> {
        started.add(config);
        followed.add(file == null ? "nothing" : file.path().getFileName().toString());
        return () -> stopped.add("once");
      };

  private int run(String... arguments) {
    return Commands.run(
        starter,
        new ConfigLoader(_ -> null),
        new Discovery(List.of(), Map.of("OPENAI_API_KEY", "sk-hush")::get),
        CommandsTest::close,
        folder,
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        arguments);
  }

  private static void close(AutoCloseable gateway) {
    try {
      gateway.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private String file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("some.yaml"), yaml).toString();
  }

  @Test
  void checkTellsWhatAValidFileAmountsTo() throws IOException {
    assertThat(run("check", file(VALID))).isZero();
    assertThat(out.toString())
        .contains(
            "some.yaml is valid",
            "listens on 127.0.0.1:8020, admin on 127.0.0.1:8021",
            "pool chat speaks openai, serves m",
            "h:1  http://h:1",
            "alias gpt -> m",
            "no keys: whoever reaches it may call");
  }

  @Test
  void checkTellsWhatAccountsMayHaveAndWhoMayCall() throws IOException {
    run("key", "new", "--tenant", "acme", "--id", "ci");
    String key = out.toString().lines().map(String::strip).toList().getLast();
    String more = "accounts: {a: {concurrency: 3, tokens: 9}, b: {}}\nkeys:\n  " + key + "\n";
    assertThat(run("check", file(VALID + more))).isZero();
    assertThat(out.toString())
        .contains(
            "account a may have 3 calls at once, 9 tokens a minute",
            "account b has no limits",
            "callers show one of 1 keys, of 1 tenants");
  }

  @Test
  void checkExits78WithTheErrorsOfABadFile() throws IOException {
    assertThat(run("check", file("retry: {attempts: 0}"))).isEqualTo(78);
    assertThat(err.toString())
        .contains("some.yaml has an error:", "line 1: retry.attempts must be 1..10, was 0")
        .doesNotContain("at dev.forebay");
  }

  @Test
  void checkNamesRulesThatDoNothing() throws IOException {
    String dead =
        """
        pools: {chat: {models: [m], replicas: ['http://h:1']}}
        keys: [{id: k, tenant: stranger, hash: "%s"}]
        limits:
          global: {requests: [{rate: 100/s, burst: 50}]}
          address: {requests: [{rate: 101/s, burst: 50}]}
          user: {tokens: [{rate: 1/s, burst: 0}, {rate: 600/min, burst: 600}]}
          models: {gone: {input: 0.5}}
          tiers: {unused: {}}
          tenants:
            acme:
              models: [gone]
              limits: {requests: [{rate: 60/min, burst: 5, delay: 5}]}
              keys: {nobody: {concurrency: [{most: 1}]}}
        """
            .formatted("0".repeat(64));
    assertThat(run("check", file(dead))).isZero();
    assertThat(out.toString().lines().filter(line -> line.startsWith("warning: ")))
        .hasSize(12)
        .anyMatch(line -> line.contains("limits.address: requests 101/s burst 50: never binds"))
        .anyMatch(line -> line.contains("limits.user: tokens 1/s burst 0: burst 0 lets no call"))
        .anyMatch(line -> line.contains("limits.user: tokens 600/min burst 600: a call without"))
        .anyMatch(line -> line.contains("limits.models.gone: no pool serves this model"))
        .anyMatch(line -> line.contains("limits.models.gone: has a price, but no tenant"))
        .anyMatch(line -> line.contains("limits.tiers.unused: no tenant has this tier"))
        .anyMatch(line -> line.contains("limits.tenants.acme: no key belongs to this tenant"))
        .anyMatch(line -> line.contains("limits.tenants.acme.models: no pool serves any"))
        .anyMatch(line -> line.contains("limits.tenants.acme.keys.nobody: the tenant has no such"))
        .anyMatch(line -> line.contains("keys.stranger/k: tenant stranger is not configured"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "global: {requests: [{rate: 100/s, burst: 50}]}, address: {requests: [{rate: 101/s, burst: 50}]}"
            + "|limits.address: requests 101/s burst 50: never binds: limits.global has",
        "user: {tokens: [{rate: 1/s, burst: 0}]}|limits.user: tokens 1/s burst 0: burst 0 lets no call",
        "user: {tokens: [{rate: 600/min, burst: 600}]}|limits.user: tokens 600/min burst 600: a call",
        "models: {gone: {limits: {requests: [{rate: 1/s}]}}}|limits.models.gone: no pool serves this",
        "models: {m: {input: 0.5}}|limits.models.m: has a price, but no tenant has a budget",
        "tiers: {unused: {requests: [{rate: 1/s}]}}|limits.tiers.unused: no tenant has this tier",
        "tenants: {acme: {models: [gone]}}|limits.tenants.acme.models: no pool serves any of them",
        "tenants: {acme: {limits: {requests: [{rate: 60/min, burst: 5, delay: 5}]}}}"
            + "|limits.tenants.acme: requests 60/min burst 5: delay 5 is not below the burst",
        "tenants: {acme: {budget: {amount: 5}}}|limits.tenants.acme.budget: no model that the tenant",
        "global: {concurrency: [{most: 30}]}, tenants: {acme: {limits: {concurrency: [{most: 30}]}}}"
            + "|limits.tenants.acme: concurrency 30: never binds: limits.global has concurrency 30",
      })
  void checkNamesEachDeadRuleByItself(String limits, String named) throws IOException {
    assertThat(run("check", file(VALID + "limits: {" + limits + "}\n"))).isZero();
    assertThat(out.toString().lines().filter(line -> line.startsWith("warning: ")))
        .singleElement()
        .asString()
        .startsWith("warning: " + named);
  }

  @Test
  void keyNewPrintsAKeyAndALineThatFits() throws IOException {
    assertThat(run("key", "new", "--tenant", "acme", "--id", "ci")).isZero();
    List<String> lines = out.toString().lines().map(String::strip).toList();
    assertThat(lines.get(1)).matches("fb-[A-Za-z0-9_-]{43}");
    String yaml = VALID + "keys:\n  " + lines.getLast() + "\n";
    assertThat(run("check", file(yaml))).isZero();
    assertThat(yaml).contains("id: \"ci\"").doesNotContain(lines.get(1));
  }

  @Test
  void keyNewNamesWhatCannotBeAnId() {
    assertThat(run("key", "new", "--tenant", "acme", "--id", "a b")).isEqualTo(64);
    assertThat(err.toString()).contains("id must be", "was a b");
    assertThat(run("key", "new")).isEqualTo(64);
  }

  @Test
  void checkExits66WithoutTheFile() {
    assertThat(run("check", folder.resolve("none.yaml").toString())).isEqualTo(66);
    assertThat(err.toString()).contains("none.yaml does not exist");
    assertThat(run("check", folder.toString())).isEqualTo(66);
  }

  @Test
  void configPrintsAReferenceThatIsItselfValid() throws IOException {
    assertThat(run("config")).isZero();
    assertThat(run("check", file(out.toString()))).isZero();
  }

  @Test
  void configPrintsTheSchemaForEditors() {
    assertThat(run("config", "--schema")).isZero();
    assertThat(out.toString()).startsWith("{").contains("draft-07");
  }

  @Test
  void serveRunsTheFileThatIsNamed() throws IOException {
    assertThat(run("serve", "--config", file(VALID), "--listen", "[::1]:9000")).isZero();
    assertThat(started).hasSize(1);
    assertThat(started.getFirst().http().listen()).isEqualTo(new Address("::1", 9000));
    assertThat(started.getFirst().pools()).containsOnlyKeys("chat");
    assertThat(followed).containsExactly("some.yaml");
    assertThat(stopped).containsExactly("once");
  }

  @Test
  void serveReadsTheFileWhereItWasStarted() throws IOException {
    Files.writeString(folder.resolve("forebay.yaml"), VALID);
    assertThat(run("serve")).isZero();
    assertThat(started.getFirst().pools()).containsOnlyKeys("chat");
  }

  @Test
  void serveStartsWithoutAnyFileAndTellsWhatToDo() {
    assertThat(run("serve")).isZero();
    assertThat(started).hasSize(1);
    assertThat(followed).containsExactly("nothing");
    assertThat(out.toString())
        .contains("No engine found", "OPENAI_API_KEY", "--allow-hosted")
        .doesNotContain("sk-hush");
  }

  @Test
  void serveExits69WhenTheGatewayCannotStart() {
    starter =
        (_, _) -> {
          throw new BindException("Address already in use: 127.0.0.1:8020");
        };
    assertThat(run("serve")).isEqualTo(69);
    assertThat(err.toString()).contains("Could not start: Address already in use: 127.0.0.1:8020");
  }

  @Test
  void serveDoesNotStartWithABadFile() throws IOException {
    assertThat(run("serve", "--config", file("htpp: {}"))).isEqualTo(78);
    assertThat(run("serve", "--config", folder.resolve("none").toString())).isEqualTo(66);
    assertThat(started).isEmpty();
    assertThat(err.toString()).contains("htpp is not known; did you mean http?");
  }

  @Test
  void whatIsMisspelledIsSuggested() {
    assertThat(run("serve", "--confg", "x")).isEqualTo(64);
    assertThat(err.toString()).contains("--config").contains("forebay serve --help tells");
    assertThat(run("chek", "x")).isEqualTo(64);
    assertThat(err.toString()).contains("check");
    assertThat(run("serve", "--listen", "8020")).isEqualTo(64);
    assertThat(err.toString()).contains("must be host:port");
    assertThat(run()).isEqualTo(64);
    assertThat(started).isEmpty();
  }

  @Test
  void helpListsTheCommandsAndTheExitCodes() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("serve", "check", "config", "version", "demo", "test", "lab", "./forebay demo")
        .containsPattern("78 +the configuration has errors");
    assertThat(run("serve", "--help")).isZero();
    assertThat(out.toString()).contains("--allow-hosted", "SGLang 30000");
    assertThat(run("config", "--help")).isZero();
    assertThat(out.toString()).contains("$schema=forebay.schema.json");
  }

  @Test
  void commandsOfTheLauncherSayWhereTheyAre() {
    for (String command : List.of("demo", "test", "lab")) {
      assertThat(run(command, "--anything", "x")).isEqualTo(64);
      assertThat(out.toString()).contains("run it by the launcher: ./forebay " + command);
    }
  }

  @Test
  void theVersionIsPrinted() {
    assertThat(run("version")).isZero();
    assertThat(run("--version")).isZero();
    assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.matches("forebay \\d.*"));
  }
}
