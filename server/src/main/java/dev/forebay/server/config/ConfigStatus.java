package dev.forebay.server.config;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Which configuration runs, and what is wrong with the one that should. Safe for all threads.
///
/// @param version a count of switches and a hash of the settings, as `3-9f2c01aa`
/// @param since when it began to run
/// @param file where it comes from; null if it stands in no file
/// @param refusal why what was read since does not run; null if there is nothing of the kind
public record ConfigStatus(
    GatewayConfig config,
    String version,
    Instant since,
    @Nullable Path file,
    @Nullable Refusal refusal) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /// Why something that was read does not run.
  ///
  /// @param reason for the operator; holds no secret
  public record Refusal(String reason, Instant at) {}

  /// The same, with something that was refused.
  public ConfigStatus refusing(Refusal last) {
    return new ConfigStatus(config, version, since, file, last);
  }

  /// The same, with what should run being what runs.
  public ConfigStatus settled() {
    return new ConfigStatus(config, version, since, file, null);
  }

  /// All of it as a JSON object, every key with the value that holds, secrets masked.
  public String json() {
    var shown = new LinkedHashMap<String, @Nullable Object>();
    shown.put("version", version);
    shown.put("since", since.toString());
    shown.put("file", file == null ? null : file.toString());
    shown.put("refused", refusal == null ? null : refused(refusal));
    shown.put("config", new Settings(config).tree());
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(shown) + "\n";
  }

  private static Object refused(Refusal refusal) {
    var shown = new LinkedHashMap<String, Object>();
    shown.put("reason", refusal.reason());
    shown.put("at", refusal.at().toString());
    return shown;
  }
}
