package dev.forebay.lab.goodput;

import dev.forebay.lab.simulator.TenantsWorkload.Quantiles;
import dev.forebay.lab.simulator.TenantsWorkload.Tenant;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the tenants of a real service as ServeGen publishes them: rates by 10-minute windows, and
/// quantiles of lengths by 6-hour windows, of which the first with any counts.
///
/// @see <a href="https://arxiv.org/abs/2505.09999">Xiang et al., ServeGen</a>
final class ServeGen {
  private ServeGen() {}

  /// @param clients `client_id,t_s,rate_rps,...`, gzipped
  /// @param lengths `{"quantiles": [...], "clients": {id: {window: {"input_tokens": [...],
  ///   ...}}}}`, gzipped
  static List<Tenant> tenants(Path clients, Path lengths) throws IOException {
    Map<String, Double> rates = rates(clients);
    JsonNode root;
    try (var in = new GZIPInputStream(Files.newInputStream(lengths))) {
      root = new JsonMapper().readTree(in);
    }
    List<Double> shares = numbers(root.required("quantiles"));
    List<Tenant> tenants = new ArrayList<>();
    rates.forEach((id, rate) ->
        StreamSupport.stream(root.path("clients").path(id).spliterator(), false)
            .filter(window -> window.has("input_tokens") && window.has("output_tokens"))
            .findFirst()
            .ifPresent(window ->
                tenants.add(
                    new Tenant(
                        "client-" + id,
                        rate,
                        new Quantiles(shares, numbers(window.required("input_tokens"))),
                        new Quantiles(shares, numbers(window.required("output_tokens")))))));
    return List.copyOf(tenants);
  }

  private static Map<String, Double> rates(Path clients) throws IOException {
    Map<String, Double> rates = new TreeMap<>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(clients)), StandardCharsets.UTF_8))) {
      lines
          .lines()
          .skip(1)
          .map(line -> line.split(",", -1))
          .forEach(cells -> rates.merge(cells[0], Double.parseDouble(cells[2]), Double::sum));
    }
    return rates;
  }

  private static List<Double> numbers(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asDouble).toList();
  }
}
