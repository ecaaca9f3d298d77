package dev.assay.storage.optuna;

import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The kinds of servers that Optuna's tables are read from. */
enum DatabaseServer {
  POSTGRESQL(
      "postgresql",
      "5432",
      "PostgreSQL: get the PostgreSQL JDBC Driver (org.postgresql:postgresql)") {
    @Override
    Properties properties() {
      Properties properties = new Properties();
      // Times as the server writes them, and not through the zone of this JVM.
      properties.setProperty("binaryTransfer", "false");
      properties.setProperty("ApplicationName", "assay");
      // Rows come in parts, bounded in number and size.
      properties.setProperty("adaptiveFetch", "true");
      properties.setProperty("adaptiveFetchMaximum", "200");
      properties.setProperty(LARGEST_PART, Long.toString(2 * OptunaSource.longestValue()));
      return properties;
    }

    @Override
    @Nullable String option(String name) {
      return switch (name) {
        case "sslmode", "sslrootcert", "sslcert", "sslkey" -> name;
        case "connect_timeout" -> "connectTimeout";
        default -> null;
      };
    }
  },
  MYSQL(
      "mysql",
      "3306",
      "MySQL: get MySQL Connector/J (com.mysql:mysql-connector-j, 9.5.0 or newer)") {
    @Override
    Properties properties() {
      Properties properties = new Properties();
      properties.setProperty("useCursorFetch", "true");
      // Milliseconds; else it waits for ever.
      properties.setProperty("connectTimeout", "10000");
      return properties;
    }

    @Override
    @Nullable String option(String name) {
      return name.equals("sslMode") ? name : null;
    }
  };

  /** What PostgreSQL's driver calls the most bytes that it holds of a result, errors included. */
  static final String LARGEST_PART = "maxResultBuffer";

  private final String scheme;
  private final String port;
  private final String driver;

  /**
   * @param scheme of its URLs, those of JDBC included
   */
  DatabaseServer(String scheme, String port, String driver) {
    this.scheme = scheme;
    this.port = port;
    this.driver = driver;
  }

  /** The server that a URL begins with; null where it is another. */
  static @Nullable DatabaseServer of(String url) {
    int end = url.indexOf("://");
    if (end < 0) {
      return null;
    }
    String scheme = url.substring(0, end).replaceFirst("\\+.*", "").toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "postgresql", "postgres" -> POSTGRESQL;
      case "mysql" -> MYSQL;
      default -> null;
    };
  }

  String scheme() {
    return scheme;
  }

  /** The usual one. */
  String port() {
    return port;
  }

  String missingDriver() {
    return "there is no driver for %s and put its jar on the class path: ASSAY_CLASSPATH=/path/to/the.jar assay migrate ..."
        .formatted(driver);
  }

  /** What the driver is told in any case. */
  abstract Properties properties();

  /** What the driver calls an option of Optuna's URL; null where it is not to be told. */
  abstract @Nullable String option(String name);
}
