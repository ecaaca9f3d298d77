package dev.assay.engine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who may talk to a server, and whether others can listen. */
final class ServerAccess {
  private static final String VARIABLE = "ASSAY_TOKEN";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "The token that clients have to send (authorization: Bearer TOKEN); else ASSAY_TOKEN, else none.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description =
          "The server's certificate chain, PEM; with it and --tls-key the line is encrypted.")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, PEM.")
  private @Nullable Path key;

  /** The certificate and its key. */
  record Identity(Path certificate, Path key) {}

  /** The token; null where everybody may talk to the server. */
  @Nullable String token(Console console) {
    if (tokenFile == null) {
      return console.variable(VARIABLE);
    }
    try {
      String token = Files.readString(tokenFile).strip();
      if (token.isEmpty()) {
        throw new UsageException("--token-file %s is empty".formatted(tokenFile));
      }
      return token;
    } catch (IOException e) {
      throw new UsageException("--token-file %s cannot be read: %s".formatted(tokenFile, e));
    }
  }

  /** What the server proves who it is with; null where the line is not encrypted. */
  @Nullable Identity identity() {
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw new UsageException("--tls-cert and --tls-key go together, found only one of them");
    }
    return new Identity(certificate, key);
  }
}
