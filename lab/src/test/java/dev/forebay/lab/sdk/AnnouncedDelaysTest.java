package dev.forebay.lab.sdk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.Sleeper;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.forebay.lab.hostile.RawEngine;
import dev.forebay.lab.report.Table;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/// When clients as their makers ship them come back after a refusal that announces a delay.
///
/// Those from npm and `openai-java` run in virtual time; `langchain4j` waits for half a second
/// whatever it is told, in real time. The table in docs/clients.md is written by `mvn -pl lab -am
/// -Dtest=AnnouncedDelaysTest -Ddocs=write test`.
@Timeout(120)
class AnnouncedDelaysTest {
  private static final List<Double> ANNOUNCED = List.of(1.5, 7.0, 20.0, 59.0, 300.0);
  private static final Path DOCS =
      Path.of(Files.isDirectory(Path.of("docs")) ? "docs" : "../docs").resolve("clients.md");
  private static final Pattern VERSION = Pattern.compile("-(\\d[\\w.]*)\\.jar");

  /// What a client did about one refusal.
  ///
  /// @param back seconds after which it came back; empty if it did not
  private record Seen(List<Double> back) {
    String words() {
      if (back.isEmpty()) {
        return "not at all";
      }
      String least = seconds(back.stream().min(Double::compare).orElseThrow());
      String most = seconds(back.stream().max(Double::compare).orElseThrow());
      return (least.equals(most) ? least : least + "–" + most) + " s";
    }

    private static String seconds(double value) {
      return String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", "");
    }
  }

  private record Row(String client, String version, List<Seen> seen) {
    List<String> words() {
      return seen.stream().map(Seen::words).toList();
    }
  }

  @Test
  void comeBackAsTheTableInTheDocsSays(TestReporter reporter) throws Exception {
    var rows = List.of(npm("openai"), npm("anthropic"), npm("ai"), openAiForJava(), langChain4j());
    String table = table(rows);
    reporter.publishEntry(table);

    assertThat(rows.get(0).words())
        .as("openai obeys")
        .containsExactly("1.5 s", "7 s", "20 s", "59 s", "not at all", "300 s");
    assertThat(rows.get(1).words()).as("anthropic obeys").isEqualTo(rows.get(0).words());
    assertThat(rows.get(2).words())
        .as("ai obeys below a minute and does not read x-should-retry")
        .containsExactly("1.5 s", "7 s", "20 s", "59 s", "2 s", "2 s");
    assertThat(rows.get(3).words())
        .as("openai-java waits for 8 s at most")
        .containsExactly("1.5 s", "7 s", "8 s", "8 s", "not at all", "8 s");
    assertThat(rows.get(4).seen())
        .as("langchain4j reads nothing")
        .allSatisfy(seen -> assertThat(seen.back()).allMatch(back -> back >= 0.5 && back < 1.4));

    if ("write".equals(System.getProperty("docs"))) {
      String text = Files.readString(DOCS);
      Matcher old = Pattern.compile("(?s)\\| client .*?\n(?=\n)").matcher(text);
      Files.writeString(DOCS, old.replaceFirst(Matcher.quoteReplacement(table)));
    }
    assertThat(Files.readString(DOCS))
        .as("docs/clients.md knows these versions; write it anew with -Ddocs=write")
        .contains(rows.stream().map(row -> row.client() + " " + row.version()).toList());
  }

  /// As the gateway says it: finer in milliseconds, and not to come back where clients would not
  /// wait. The last one leaves that out.
  private static List<Map<String, String>> refusals() {
    return Stream.concat(
            ANNOUNCED.stream().map(seconds -> refusal(seconds, seconds > 59)),
            Stream.of(refusal(300, false)))
        .toList();
  }

  private static Map<String, String> refusal(double seconds, boolean forGood) {
    Map<String, String> told =
        Map.of(
            "retry-after",
            Long.toString((long) Math.ceil(seconds)),
            "retry-after-ms",
            Long.toString((long) (seconds * 1_000)));
    return forGood
        ? Stream.concat(
                told.entrySet().stream(), Map.of("x-should-retry", "false").entrySet().stream())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))
        : told;
  }

  private static String table(List<Row> rows) {
    var table =
        new Table(
            "client", "1.5 s", "7 s", "20 s", "59 s", "300 s", "300 s without x-should-retry");
    for (Row row : rows) {
      table.row(
          Stream.concat(Stream.of(row.client() + " " + row.version()), row.words().stream())
              .toArray(String[]::new));
    }
    return table.markdown();
  }

  private static Row npm(String client) throws Exception {
    var lines = NpmSdk.delays(client, refusals());
    return new Row(
        lines.getFirst().path("package").asString(),
        lines.getFirst().path("version").asString(),
        lines.stream()
            .map(line ->
                line.path("attempts").asInt() < 2
                    ? new Seen(List.of())
                    : new Seen(
                        List.of(line.path("least").asDouble(), line.path("most").asDouble())))
            .toList());
  }

  private static Row openAiForJava() throws IOException {
    var seen = new ArrayList<Seen>();
    for (Map<String, String> refusal : refusals()) {
      var slept = new ArrayList<Double>();
      try (var engine = new RawEngine(refusesOnce(refusal, new ConcurrentLinkedQueue<>()))) {
        var client =
            OpenAIOkHttpClient.builder()
                .baseUrl(url(engine).toString())
                .apiKey("none")
                .sleeper(new Noting(slept))
                .build();
        try {
          client
              .chat()
              .completions()
              .create(
                  ChatCompletionCreateParams.builder().model("lab").addUserMessage("hi").build());
        } catch (RuntimeException refused) {
          // It did as it was told.
        } finally {
          client.close();
        }
      }
      seen.add(new Seen(slept));
    }
    return new Row("openai-java", version(OpenAIOkHttpClient.class), seen);
  }

  private static Row langChain4j() throws Exception {
    try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Seen>> running =
          refusals().stream().map(refusal -> each.submit(() -> langChain4j(refusal))).toList();
      var seen = new ArrayList<Seen>();
      for (Future<Seen> one : running) {
        seen.add(one.get());
      }
      return new Row("langchain4j-open-ai", version(OpenAiChatModel.class), seen);
    }
  }

  private static Seen langChain4j(Map<String, String> refusal) throws IOException {
    var asked = new ConcurrentLinkedQueue<Long>();
    try (var engine = new RawEngine(refusesOnce(refusal, asked))) {
      OpenAiChatModel.builder()
          .baseUrl(url(engine).toString())
          .apiKey("none")
          .modelName("lab")
          .build()
          .chat("hi");
    }
    List<Long> at = List.copyOf(asked);
    return new Seen(
        IntStream.range(1, at.size()).mapToObj(i -> (at.get(i) - at.get(i - 1)) / 1e9).toList());
  }

  private static RawEngine.Script refusesOnce(
      Map<String, String> refusal, ConcurrentLinkedQueue<Long> asked) {
    return (request, out) -> {
      asked.add(System.nanoTime());
      if (asked.size() > 1) {
        return RawEngine.answerPlainly(request, out);
      }
      var head = new StringBuilder("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n");
      refusal.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
      out.write((head + "content-type: application/json\r\n\r\n{}").getBytes(ISO_8859_1));
      out.flush();
      return true;
    };
  }

  private static URI url(RawEngine engine) {
    return URI.create("http://127.0.0.1:" + engine.port() + "/v1");
  }

  private static String version(Class<?> of) {
    String jar = of.getProtectionDomain().getCodeSource().getLocation().getPath();
    Matcher version = VERSION.matcher(jar);
    return version.find() ? version.group(1) : jar;
  }

  /// Does not sleep.
  private record Noting(List<Double> slept) implements Sleeper {
    @Override
    public void sleep(Duration time) {
      slept.add(time.toNanos() / 1e9);
    }

    @Override
    public CompletableFuture<Void> sleepAsync(Duration time) {
      sleep(time);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
  }
}
