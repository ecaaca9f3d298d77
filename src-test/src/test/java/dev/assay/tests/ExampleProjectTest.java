package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java that is shown to people compiles against the public API, and does what is said of it. */
final class ExampleProjectTest {
  private static final Path PROJECT = Launcher.ROOT.resolve("datasets/java");

  @Test
  void theExampleProjectRunsAndGoesOn(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path classes =
        compile(directory, Files.readString(PROJECT.resolve("src/main/java/example/Branin.java")));
    String store = directory.resolve("store").toString();

    String first = run(classes, "example.Branin", store);
    String second = run(classes, "example.Branin", store);

    assertThat(first).contains("30 trials were evaluated", "has 31 trials", " at {\"x\":");
    assertThat(second).contains("30 trials were evaluated", "has 62 trials", " at {\"x\":");
  }

  @Test
  void theExampleProjectAsksForThisVersion() throws IOException {
    String version = version(Launcher.ROOT.resolve("pom.xml"), "<artifactId>assay</artifactId>");

    assertThat(version(PROJECT.resolve("pom.xml"), "<artifactId>assay-engine</artifactId>"))
        .isEqualTo(version);
  }

  @Test
  void theJavaOfTheReadmeCompilesAndRuns(@TempDir Path directory)
      throws IOException, InterruptedException {
    String readme = Files.readString(Launcher.ROOT.resolve("README.md"));
    Matcher block = Pattern.compile("(?ms)^```java\\n(.*?)^```$").matcher(readme);
    assertThat(block.find()).isTrue();
    String program =
        """
        package example;
        import dev.assay.engine.*;
        import dev.assay.engine.space.*;
        import dev.assay.storage.*;
        import java.nio.file.Path;
        public class Branin {
          static double branin(double x, double y) {
            return (x - 3) * (x - 3) + y;
          }
          public static void main(String[] args) {
        %s
          }
        }
        """
            .formatted(
                block.group(1).replace("\"assay-store\"", "args[0]").replace("200, 8", "20, 2"));

    String out =
        run(compile(directory, program), "example.Branin", directory.resolve("store").toString());

    assertThat(out).contains("COMPLETE");
  }

  private static String version(Path pom, String artifact) throws IOException {
    Matcher version =
        Pattern.compile(Pattern.quote(artifact) + "\\s*<version>([^<]*)</version>")
            .matcher(Files.readString(pom));
    assertThat(version.find()).isTrue();
    return version.group(1);
  }

  private static Path compile(Path directory, String source) throws IOException {
    Path file = directory.resolve("Branin.java");
    Files.writeString(file, source);
    Path classes = Files.createDirectory(directory.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of(
              "-Werror",
              "-cp",
              System.getProperty("java.class.path"),
              "-d",
              classes.toString(),
              "-proc:none");
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(file))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
    return classes;
  }

  private static String run(Path classes, String main, String store)
      throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
    Launcher.Result result =
        Launcher.run(classes, List.of(java.toString(), "-cp", classPath, main, store));
    assertThat(result.exitCode()).as(result.toString()).isZero();
    return result.out();
  }
}
