package dev.forebay.lab.sdk;

import dev.forebay.lab.sdk.JavaSdk.Ask;
import dev.forebay.lab.sdk.JavaSdk.Options;
import dev.forebay.lab.sdk.JavaSdk.Refusal;
import dev.forebay.lab.sdk.JavaSdk.Said;
import dev.forebay.lab.sdk.JavaSdk.ToolCall;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.ObjectMapper;

/// The scenarios, for Java clients; `lab/sdk/run.mjs` has the same for npm's.
public final class JavaScenarios {
  private static final String REQUEST_ID = "java-scenario-7";
  private static final String PROMPT = "Once upon a time, there was a little";
  private static final String LARGE = "前池に水🌊 ".repeat(128 * 1024); // 2 MiB and more
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Function<Options, JavaSdk> sdk;
  private final URI baseUrl;
  private final String model;

  private JavaScenarios(Function<Options, JavaSdk> sdk, URI baseUrl, String model) {
    this.sdk = sdk;
    this.baseUrl = baseUrl;
    this.model = model;
  }

  /// Does the scenarios to a server, side by side.
  static List<Verdict> run(
      Function<Options, JavaSdk> sdk, URI baseUrl, String model, Collection<Scenario> scenarios) {
    JavaScenarios these = new JavaScenarios(sdk, baseUrl, model);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Verdict>> verdicts =
          scenarios.stream()
              .map(each -> CompletableFuture.supplyAsync(() -> these.judge(each), threads))
              .toList();
      return verdicts.stream().map(CompletableFuture::join).toList();
    }
  }

  // A failing check and whatever the client throws are both the verdict.
  private Verdict judge(Scenario scenario) {
    try {
      return new Verdict(scenario, true, act(scenario));
    } catch (RuntimeException | AssertionError e) {
      return new Verdict(scenario, false, e.toString());
    }
  }

  private String act(Scenario scenario) {
    return switch (scenario) {
      case PLAIN -> with(patient(), it -> told(it.plain(story(model))));
      case STREAM -> stream();
      case TOOL -> with(patient(), it -> toolCall(it.tool(story(model))));
      case TOOL_STREAM -> with(patient(), it -> toolCall(it.toolStream(story(model))));
      case ERROR -> error();
      case CANCEL -> cancel();
      case TIMEOUT -> timeout();
      case DEADLINE -> deadline();
      case FIRST_CONTENT -> firstContent();
      case BROKEN -> broken();
      case BUSY -> busy();
      case LARGE -> large();
      case MODELS -> models();
      case EMBED -> embed();
    };
  }

  private String stream() {
    Said said = with(patient(), it -> it.stream(story(model), _ -> true));
    check(said.pieces() > 1, "the answer came in " + said.pieces() + " pieces");
    return said.pieces() + " pieces, " + told(said);
  }

  private String error() {
    Refusal refusal = refused(patient(), it -> it.plain(story("no-such-model")));
    check(Integer.valueOf(404).equals(refusal.status()), refusal.toString());
    check(refusal.code() != null, "the error has no code");
    check(refusal.message().contains("no-such-model"), "the model is not named: " + refusal);
    return refusal.type() + " " + refusal.code() + ": " + refusal.message();
  }

  private String cancel() {
    long[] left = new long[1];
    Ask endless = new Ask(model, PROMPT, 2000, true);
    Said said =
        with(
            patient(),
            it ->
                it.stream(
                    endless,
                    _ -> {
                      left[0] = left[0] == 0 ? System.nanoTime() : left[0];
                      return false;
                    }));
    check(left[0] != 0, "no content to cancel after");
    check(said.ended().isEmpty(), "it ended before it could be cancelled");
    Duration took = Duration.ofNanos(System.nanoTime() - left[0]);
    check(took.toMillis() < 2000, "leaving the stream took " + took);
    return "left after " + said.pieces() + " pieces";
  }

  private String timeout() {
    Options impatient = new Options(baseUrl, Duration.ofMillis(1500), OptionalInt.of(0), Map.of());
    Refusal refusal = refused(impatient, it -> it.plain(story(model + "-slow")));
    check(refusal.status() == null, refusal.toString());
    return refusal.type();
  }

  private String deadline() {
    Map<String, String> headers = Map.of("x-request-id", REQUEST_ID, "x-deadline-ms", "1000");
    Options options = new Options(baseUrl, PATIENCE, OptionalInt.of(0), headers);
    return timeLimit(options, it -> it.plain(story(model + "-slow")), "deadline_exceeded");
  }

  private String firstContent() {
    return timeLimit(
        patient(), it -> it.stream(story(model + "-slow"), _ -> true), "first_content_timeout");
  }

  private String timeLimit(Options options, Consumer<JavaSdk> act, String code) {
    Refusal refusal = refused(options, act);
    check(Integer.valueOf(504).equals(refusal.status()), refusal.toString());
    check(code.equals(refusal.code()), refusal.toString());
    return refusal.type() + " " + refusal.status() + " " + refusal.code();
  }

  private String broken() {
    StringBuilder text = new StringBuilder();
    Refusal refusal =
        refused(
            patient(),
            it ->
                it.stream(
                    story(model + "-broken"),
                    piece -> {
                      text.append(piece);
                      return true;
                    }));
    check(!text.isEmpty(), "no content before the break");
    check(refusal.message().contains("closed the connection"), refusal.toString());
    return refusal.type() + ": " + refusal.message();
  }

  private String busy() {
    Map<String, String> headers = Map.of("x-request-id", REQUEST_ID);
    Options options = new Options(baseUrl, PATIENCE, OptionalInt.empty(), headers);
    long began = System.nanoTime();
    Refusal refusal = refused(options, it -> it.plain(story(model + "-busy")));
    check(Integer.valueOf(503).equals(refusal.status()), refusal.toString());
    check("server_overloaded".equals(refusal.code()), refusal.toString());
    return refusal.type() + " after " + (System.nanoTime() - began) / 1_000_000 + " ms";
  }

  private String large() {
    Said said = with(patient(), it -> it.plain(new Ask(model + "-large", LARGE, 16, false)));
    String ended = told(said);
    return said.inputTokens() + " tokens of prompt, " + ended;
  }

  private String models() {
    List<String> ids = with(patient(), JavaSdk::models);
    check(ids.contains(model), "no " + model + " among " + ids);
    return String.join(" ", ids);
  }

  private String embed() {
    List<List<Float>> vectors =
        with(patient(), it -> it.embed(model, List.of("前池", "forebay", "前池")));
    check(vectors.size() == 3, vectors.size() + " vectors");
    check(
        vectors.get(0).equals(vectors.get(2)) && !vectors.get(0).equals(vectors.get(1)),
        "the vectors are not those of the texts");
    return vectors.size() + " vectors of " + vectors.getFirst().size();
  }

  // No retries: a scenario shows what the server says, not what the client makes of it.
  private Options patient() {
    return new Options(baseUrl, PATIENCE, OptionalInt.of(0), Map.of("x-request-id", REQUEST_ID));
  }

  private static Ask story(String model) {
    return new Ask(model, PROMPT, 16, false);
  }

  private <T> T with(Options options, Function<JavaSdk, T> act) {
    try (JavaSdk it = sdk.apply(options)) {
      return act.apply(it);
    }
  }

  private Refusal refused(Options options, Consumer<JavaSdk> act) {
    try (JavaSdk it = sdk.apply(options)) {
      Refusal refusal;
      try {
        act.accept(it);
        throw new AssertionError("it was answered");
      } catch (RuntimeException e) {
        refusal = it.refusal(e);
      }
      if (refusal.requestId() != null || (it.tellsHeaders() && byGateway(refusal))) {
        check(REQUEST_ID.equals(refusal.requestId()), "request id of " + refusal);
      }
      return refusal;
    }
  }

  // An engine says 404 too, and repeats no id.
  private static boolean byGateway(Refusal refusal) {
    Integer status = refusal.status();
    return status != null && status > 500;
  }

  private static String told(Said said) {
    check(!said.text().isEmpty(), "no content");
    check(said.ended().equals("stop") || said.ended().equals("length"), said.toString());
    check(said.inputTokens() > 0 && said.outputTokens() > 0, "usage of " + said);
    return said.ended();
  }

  private static String toolCall(ToolCall call) {
    check(call.ended(), "finish reason of " + call);
    check(!call.id().isEmpty(), "the tool call has no id");
    check(call.name().equals(JavaSdk.TOOL), "it calls " + call.name());
    check(new ObjectMapper().readTree(call.arguments()).path("city").isString(), call.toString());
    return call.name() + "(" + call.arguments() + ")";
  }

  private static void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}
