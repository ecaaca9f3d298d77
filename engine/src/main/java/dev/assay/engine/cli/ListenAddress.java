package dev.assay.engine.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens.
 *
 * @param host a name or address; this machine alone where the user names none
 * @param port 0 for one that is free
 */
record ListenAddress(String host, int port) {
  private static final String THIS_MACHINE = "localhost";
  private static final Pattern FORM =
      Pattern.compile("(?:(?<host>[^:\\[\\]]+|\\[[0-9a-fA-F:.]+\\]):)?(?<port>\\d{1,5})");
  private static final int LAST_PORT = 65_535;

  /**
   * Reads {@code PORT}, {@code HOST:PORT} or {@code [IPV6]:PORT}.
   *
   * @throws UsageException naming {@code option} when {@code text} is something else
   */
  static ListenAddress parse(String option, String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches() || Integer.parseInt(matcher.group("port")) > LAST_PORT) {
      throw new UsageException(
          "%s is '%s', expected PORT or HOST:PORT such as 13000 or 0.0.0.0:13000"
              .formatted(option, text));
    }
    String host = matcher.group("host");
    return new ListenAddress(
        host == null ? THIS_MACHINE : host.replaceAll("[\\[\\]]", ""),
        Integer.parseInt(matcher.group("port")));
  }
}
