package dev.forebay.server.adapter.nvidia;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// NVIDIA's DCGM exporter on this machine; answers within 3 s.
final class DcgmExporter implements DeviceSource {
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final int LARGEST_PAGE = 4 << 20;

  private final String page;
  private final Duration longest;

  DcgmExporter(String page) {
    this(page, LONGEST);
  }

  /// Lets it take another time.
  DcgmExporter(String page, Duration longest) {
    this.page = page;
    this.longest = longest;
  }

  @Override
  public Inventory look() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(page)).timeout(longest).GET().build();
    HttpClient client = HttpClient.newBuilder().connectTimeout(longest).build();
    try {
      // The request's own timeout ends with the head; a page may come slowly too.
      HttpResponse<byte[]> answer =
          client
              .sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_PAGE))
              .get(longest.toNanos(), TimeUnit.NANOSECONDS);
      List<Gpu> gpus = DcgmPage.read(answer.body());
      if (answer.statusCode() != 200 || gpus.isEmpty()) {
        throw new IOException(page + " shows none, status " + answer.statusCode());
      }
      return new Inventory(gpus);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(page + " does not answer", e);
    } finally {
      client.shutdownNow();
    }
  }
}
