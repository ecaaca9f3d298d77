package dev.assay.storage.optuna;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a database server keeps Optuna's tables, in the form that Optuna takes: {@code
 * postgresql://user:password@host:port/database}, with or without a driver of Python's, as in
 * {@code mysql+pymysql://}. User and password are in no text that it gives.
 */
public final class DatabaseUrl {
  /** The parts that SQLAlchemy knows. */
  private static final Pattern FORM =
      Pattern.compile(
          "([A-Za-z][A-Za-z0-9]*)(?:\\+[A-Za-z0-9_]+)?://(?:([^:/@]*)(?::([^@]*))?@)?(\\[[^/?\\]]*]|[^:/?@\\[]*)(?::([0-9]{1,5}))?/([^?/]+)(?:\\?(.*))?");

  private static final Pattern SECRET = Pattern.compile("//.*@", Pattern.DOTALL);
  private static final Pattern PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  private final DatabaseServer server;
  private final String name;
  private final String jdbc;
  private final Properties properties;

  private DatabaseUrl(DatabaseServer server, String name, String jdbc, Properties properties) {
    this.server = server;
    this.name = name;
    this.jdbc = jdbc;
    this.properties = properties;
  }

  /** Whether a text is the URL of a server that is known, in a right or a wrong form. */
  public static boolean isServer(String text) {
    return DatabaseServer.of(text) != null;
  }

  /** A URL, wrong ones included, as it may be shown. */
  public static String withoutCredentials(String text) {
    return SECRET.matcher(text).replaceFirst("//").replaceFirst("\\?.*$", "");
  }

  /**
   * @throws IllegalArgumentException where it is no such URL; the message says what was expected
   */
  public static DatabaseUrl parse(String text) {
    DatabaseServer server = DatabaseServer.of(text);
    Matcher url = FORM.matcher(text);
    if (server == null || !url.matches()) {
      throw new IllegalArgumentException(
          "%s...: expected postgresql:// or mysql://, then USER:PASSWORD@HOST:PORT/DATABASE, with %%40 for an @, %%3A for a : and %%2F for a / in user and password"
              .formatted(text.replaceFirst("(?s)://.*", "://")));
    }
    String host = url.group(4).isEmpty() ? "localhost" : url.group(4).toLowerCase(Locale.ROOT);
    String port = url.group(5) == null ? server.port() : url.group(5);
    String database = url.group(6);
    String place = "//%s:%s/".formatted(host, port);
    String name = server.scheme() + ":" + place + database;
    Properties properties = server.properties();
    put(properties, "user", decoded(url.group(2), name));
    put(properties, "password", decoded(url.group(3), name));
    String options = url.group(7) == null ? "" : url.group(7);
    putOptions(server, properties, options, name);
    String jdbc =
        "jdbc:"
            + server.scheme()
            + ":"
            + place
            + URLEncoder.encode(database, StandardCharsets.UTF_8);
    return new DatabaseUrl(server, name, jdbc, properties);
  }

  private static void putOptions(
      DatabaseServer server, Properties properties, String options, String name) {
    for (String option : options.split("&", -1)) {
      int equal = option.indexOf('=');
      String key = equal < 0 ? option : option.substring(0, equal);
      // Optuna's drivers need it, those of JDBC find it out.
      if (key.isEmpty() || key.equals("charset")) {
        continue;
      }
      String known = server.option(key);
      if (known == null || equal < 0) {
        throw new IllegalArgumentException(
            "%s: found the option '%s', which Assay does not pass on; leave it out"
                .formatted(name, key));
      }
      put(properties, known, decoded(option.substring(equal + 1), name));
    }
  }

  private static void put(Properties properties, String key, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      properties.setProperty(key, value);
    }
  }

  private static @Nullable String decoded(@Nullable String text, String name) {
    if (text == null) {
      return null;
    }
    if (PERCENT.matcher(text).find()) {
      throw new IllegalArgumentException(
          name
              + ": found a % without two hexadecimal digits in user, password or options; write"
              + " %25 for it");
    }
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /**
   * Begins a transaction that only reads, and sees the database as it is at its first query.
   *
   * @throws RefusedException where there is no driver
   */
  Connection connect() throws SQLException, RefusedException {
    Driver driver;
    try {
      driver = DriverManager.getDriver(jdbc);
    } catch (SQLException e) {
      throw new RefusedException(server.missingDriver());
    }
    Connection connection = driver.connect(jdbc, properties);
    try {
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** The URL without user, password and options; the port is always there. */
  @Override
  public String toString() {
    return name;
  }
}
