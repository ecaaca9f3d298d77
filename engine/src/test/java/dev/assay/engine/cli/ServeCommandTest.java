package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServeCommandTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "serve | nothing to serve; give --grpc 13000 for Optuna's clients, or --flight 31337",
        "serve --flight x | --flight is 'x', expected PORT or HOST:PORT",
        "serve --flight 0.0.0.0:0 | --flight 0.0.0.0 can be reached from other machines: give --token-file",
        "serve --flight [::]:0 | --flight :: can be reached from other machines: give --token-file",
        "serve --flight no.such.host.invalid:1 | there is no host 'no.such.host.invalid'",
        "serve --flight 0 --tls-cert a.pem | --tls-cert and --tls-key go together",
        "serve --flight 0 --token-file nowhere | --token-file nowhere cannot be read",
      })
  void wrongUseSaysWhatToDo(String line, String expected) {
    Ran ran = Ran.assay(line.split(" "));
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains(expected);
  }
}
