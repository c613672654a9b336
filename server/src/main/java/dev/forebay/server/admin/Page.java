package dev.forebay.server.admin;

import java.util.function.Function;
import java.util.function.Supplier;

/// One path of the admin API.
///
/// @param path if it ends in a slash, all paths below it
/// @param method GET, which answers HEAD too, POST or DELETE
/// @param open whether it is shown to everybody
/// @param content asked for each request, with what follows `path`, on a virtual thread; may block
public record Page(String path, String method, boolean open, Function<String, Content> content) {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";

  /// What a request is answered.
  public record Content(int status, String type, String body) {
    public static Content text(int status, String body) {
      return new Content(status, TEXT, body);
    }

    public static Content json(int status, String body) {
      return new Content(status, JSON, body);
    }
  }

  /// A reading as JSON, for who may look inside.
  public static Page json(String path, Supplier<String> json) {
    return new Page(path, "GET", false, _ -> Content.json(200, json.get()));
  }

  /// A reading for each name below a folder, for who may look inside.
  ///
  /// @param folder ends in a slash
  /// @param reads gets the name
  public static Page folder(String folder, Function<String, Content> reads) {
    return new Page(folder, "GET", false, reads);
  }

  /// All readings in Prometheus' text format 0.0.4, for who may look inside.
  public static Page metrics(String path, Supplier<String> metrics) {
    String type = "text/plain; version=0.0.4; charset=utf-8";
    return new Page(path, "GET", false, _ -> new Content(200, type, metrics.get()));
  }

  /// Something that is done, by who may look inside.
  public static Page action(String path, Supplier<Content> does) {
    return new Page(path, "POST", false, _ -> does.get());
  }

  /// Something below a folder that is taken away, by who may look inside.
  ///
  /// @param folder ends in a slash
  /// @param removes gets the name of what is to go
  public static Page removal(String folder, Function<String, Content> removes) {
    return new Page(folder, "DELETE", false, removes);
  }
}
