package dev.assay.engine.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
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

  /**
   * Whether only programs on this machine reach it.
   *
   * @throws UsageException where there is no such host
   */
  boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new UsageException("there is no host '%s' to listen at".formatted(host));
    }
  }

  /** Host and port as they stand in a URL. */
  String at(int port) {
    return "%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, port);
  }
}
