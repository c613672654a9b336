package dev.forebay.server.adapter.nvidia;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/// NVIDIA's DCGM exporter on this machine; answers within 3 s.
final class DcgmExporter implements DeviceSource {
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final int LARGEST_PAGE = 4 << 20;

  private final String page;

  DcgmExporter(String page) {
    this.page = page;
  }

  @Override
  public Inventory look() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(page)).timeout(LONGEST).GET().build();
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(LONGEST).build()) {
      HttpResponse<byte[]> answer =
          client.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_PAGE));
      List<Gpu> gpus = DcgmPage.read(answer.body());
      if (answer.statusCode() != 200 || gpus.isEmpty()) {
        throw new IOException(page + " shows none, status " + answer.statusCode());
      }
      return new Inventory(gpus);
    }
  }
}
