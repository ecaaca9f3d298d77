package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/** The page: one file with its style, its script, the charting library and the data. */
final class Page {
  private static final String LIBRARY = "META-INF/maven/org.webjars/echarts/pom.properties";

  /** In the order in which they need each other. */
  private static final List<String> SCRIPTS =
      List.of("basics.js", "plots.js", "charts.js", "planes.js", "trials.js", "page.js");

  private Page() {}

  /**
   * @param out is not closed
   */
  static void write(String title, ObjectNode data, OutputStream out) throws IOException {
    String template = resource("report.html");
    int begin = 0;
    for (int mark = template.indexOf("@{"); mark >= 0; mark = template.indexOf("@{", begin)) {
      print(template.substring(begin, mark), out);
      int end = template.indexOf('}', mark);
      print(part(template.substring(mark + 2, end), title, data), out);
      begin = end + 1;
    }
    print(template.substring(begin), out);
  }

  private static String part(String name, String title, ObjectNode data) {
    return switch (name) {
      case "title" -> escaped(title);
      case "style" -> resource("report.css");
      case "library" -> library();
      case "data" -> json(data);
      case "script" -> SCRIPTS.stream().map(Page::resource).collect(Collectors.joining("\n"));
      default -> throw new IllegalStateException("report.html has an unknown part " + name);
    };
  }

  /** Text as HTML; what it cannot hold, such as half a surrogate pair, is a question mark. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** JSON in ASCII in which nothing ends or opens an element. */
  private static String json(ObjectNode data) {
    return CanonicalJson.compact(data).replace("<", "\\u003c");
  }

  private static String library() {
    Properties properties = new Properties();
    try (InputStream in = Page.class.getClassLoader().getResourceAsStream(LIBRARY)) {
      if (in == null) {
        throw new IllegalStateException(LIBRARY + " is not on the class path");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return resource(
        "/META-INF/resources/webjars/echarts/%s/echarts.min.js"
            .formatted(properties.getProperty("version")));
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void print(String text, OutputStream out) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
