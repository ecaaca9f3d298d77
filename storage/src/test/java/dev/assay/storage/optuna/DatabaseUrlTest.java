package dev.assay.storage.optuna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DatabaseUrlTest {
  private static final String PASSWORD = "s3cret";

  private static String name(String url) {
    return DatabaseUrl.parse(url).toString();
  }

  @Test
  void namesAServerWithoutUserPasswordAndOptions() {
    assertThat(name("postgresql+psycopg2://me:s3cret@DB.example.org/optuna?sslmode=require"))
        .isEqualTo("postgresql://db.example.org:5432/optuna");
    assertThat(name("mysql+pymysql://me:s3%40/cret@[::1]:3307/optuna?charset=utf8mb4"))
        .isEqualTo("mysql://[::1]:3307/optuna");
    assertThat(name("postgres:///a b")).isEqualTo("postgresql://localhost:5432/a b");
    assertThat(DatabaseUrl.isServer("sqlite:///optuna.db")).isFalse();
    assertThat(DatabaseUrl.withoutCredentials("oracle://me:s3cret@host/x?password=s3cret"))
        .isEqualTo("oracle://host/x");
  }

  @Test
  void wrongUrlIsRefusedWithoutItsPassword() {
    List<String> wrong =
        List.of(
            "postgresql://me:s3cret@host",
            "postgresql://me:s3cret/x",
            "mysql://me:s3cret@host:port/x",
            "postgresql://me:s3cret%zz@host/x",
            "postgresql://host/x?password=s3cret",
            "postgresql://host/x?sslmode");
    for (String url : wrong) {
      assertThatThrownBy(() -> DatabaseUrl.parse(url))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(url.substring(0, url.indexOf(':')))
          .message()
          .doesNotContain(PASSWORD);
    }
  }

  @Test
  void missingDriverIsNamed() {
    assertThatThrownBy(() -> DatabaseUrl.parse("mysql://me:s3cret@host/x").connect())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("com.mysql:mysql-connector-j")
        .hasMessageContaining("ASSAY_CLASSPATH");
  }
}
