package dev.forebay.client.openai;

import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponse;
import dev.forebay.client.AnsweredException;
import dev.forebay.client.OpenResponse;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// An answer as the OpenAI client reads it.
final class ForebayHttpResponse implements HttpResponse {
  private final int status;
  private final Headers headers;
  private final InputStream body;
  private final Runnable close;

  ForebayHttpResponse(OpenResponse open) {
    this.status = open.status();
    this.headers = headers(open.headers());
    this.body = open.body();
    this.close = open::close;
  }

  ForebayHttpResponse(AnsweredException answered) {
    this.status = answered.status();
    this.headers = headers(answered.headers());
    this.body = new ByteArrayInputStream(answered.body().getBytes(StandardCharsets.UTF_8));
    this.close = () -> {};
  }

  private static Headers headers(dev.forebay.client.Headers all) {
    return Headers.builder().putAll(all.all()).build();
  }

  @Override
  public int statusCode() {
    return status;
  }

  @Override
  public Headers headers() {
    return headers;
  }

  @Override
  public InputStream body() {
    return body;
  }

  @Override
  public void close() {
    close.run();
  }
}
