package dev.forebay.lab.bench.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/// A certificate for 127.0.0.1 that signs itself, made with the JDK's own keytool.
///
/// @param chain PEM
/// @param key PEM, PKCS #8, not encrypted
/// @param both the two in one file
public record Certificate(Path chain, Path key, Path both) {
  private static final String NAME = "bench";
  private static final String PASSWORD = "changeit"; // of a file that is read back at once

  /// Makes one that is valid for a day, on P-256.
  public static Certificate make(Path folder) throws IOException, InterruptedException {
    Path store = folder.resolve("bench.p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command =
        List.of(
            keytool.toString(),
            "-genkeypair",
            "-alias",
            NAME,
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=127.0.0.1",
            "-ext",
            "san=ip:127.0.0.1",
            "-validity",
            "1",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("keytool made no certificate: " + said.strip());
    }
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      String chain = pem("CERTIFICATE", keys.getCertificate(NAME).getEncoded());
      String key = pem("PRIVATE KEY", keys.getKey(NAME, PASSWORD.toCharArray()).getEncoded());
      return new Certificate(
          Files.writeString(folder.resolve("bench.crt"), chain),
          Files.writeString(folder.resolve("bench.key"), key),
          Files.writeString(folder.resolve("bench.pem"), chain + key));
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read back what keytool made", e);
    } finally {
      Files.deleteIfExists(store);
    }
  }

  private static String pem(String what, byte[] bytes) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(what, text, what);
  }
}
