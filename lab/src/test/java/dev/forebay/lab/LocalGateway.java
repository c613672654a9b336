package dev.forebay.lab;

import dev.forebay.server.Gateway;
import dev.forebay.server.config.ConfigLoader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// The real gateway in this process, with nothing configured but where its replicas are.
public final class LocalGateway {
  private LocalGateway() {}

  /// Starts one on free ports, in front of replicas that all serve the model.
  public static Gateway before(String model, List<URI> replicas)
      throws IOException, InterruptedException {
    String yaml =
        """
        http: {listen: "127.0.0.1:0", drain: 2s}
        admin: {listen: "127.0.0.1:0"}
        log: {access: false, performance: false}
        pools:
          chat:
            models: [%s]
            replicas: %s
        """
            .formatted(model, replicas.stream().map(url -> "\"" + url + "\"").toList());
    return Gateway.start(new ConfigLoader().parse(yaml, "test", Path.of("")));
  }

  public static URI baseUrl(Gateway gateway) {
    return URI.create("http://127.0.0.1:" + gateway.port() + "/v1");
  }
}
