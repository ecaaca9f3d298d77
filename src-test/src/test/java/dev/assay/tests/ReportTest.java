package dev.assay.tests;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.Store;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code assay report}: the file, its data, and the page in a browser where there is one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReportTest {
  private static final Pattern DATA =
      Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>");

  private static final int MANY = 20_000;

  private Path directory = Path.of("");
  private String store = "";

  @BeforeAll
  void fill(@TempDir Path temporary) {
    directory = temporary;
    Path place = directory.resolve("store");
    store = place.toString();
    try (Store opened = Store.open(place)) {
      ReportStudies.addHostile(opened);
      ReportStudies.addTwoObjectives(opened, "two", 300);
      ReportStudies.addEmpty(opened, "empty");
      ReportStudies.addTwoObjectives(opened, "many", MANY);
    }
  }

  private Path report(String name, String... runs) {
    Path file = directory.resolve(name);
    List<String> words = new ArrayList<>(List.of("report"));
    words.addAll(List.of(runs));
    words.addAll(List.of("-o", file.toString(), "--store", store, "--force"));
    Launcher.Result result = Launcher.here(words.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).startsWith(file + ": ").endsWith(" MB\n");
    return file;
  }

  private static JsonNode data(String page) throws IOException {
    Matcher matcher = DATA.matcher(page);
    assertThat(matcher.find()).isTrue();
    return Json.parse(matcher.group(1));
  }

  @Test
  void everyNameAndValueOfEveryTrialComesThroughAndNothingIsMarkup() throws IOException {
    String page = Files.readString(report("hostile.html", ReportStudies.HOSTILE));
    assertThat(page).doesNotContain("document.title='escaped'</script>", "<img src=x");
    assertThat(page.split("</script>", -1)).hasSize(4);
    assertThat(page).contains("<title>&lt;/script&gt;").doesNotContain("@{");
    JsonNode run = data(page).path("runs").path(0);
    assertThat(run.path("name").asText()).isEqualTo(ReportStudies.HOSTILE);
    assertThat(run.path("rows").path("number")).hasSize(ReportStudies.TRIALS);
    Set<String> names = new HashSet<>();
    run.path("columns").forEach(column -> names.add(column.path("name").asText()));
    assertThat(names).containsAll(ReportStudies.PARAMETERS).contains("kind", "<b>loss</b>");
    assertThat(run.path("states").path("FAIL").asInt()).isEqualTo(11);
    assertThat(run.path("rows").path("error_texts").path(0).asText()).startsWith("<script>");
    List<String> texts = new ArrayList<>();
    run.path("rows").path("values").path(0).forEach(value -> texts.add(value.asText()));
    assertThat(texts).contains("-Infinity", "null");
    for (JsonNode column : run.path("columns")) {
      switch (column.path("name").asText()) {
        case "rate" -> assertThat(column.path("log").asBoolean()).isTrue();
        case "kind" -> assertThat(column.path("texts").path(0).asText()).isEqualTo("sgd");
        case "momentum" -> assertThat(column.path("values")).anyMatch(JsonNode::isNull);
        case "<b>loss</b>" -> assertThat(column.path("values").path(0).asText()).isEqualTo("NaN");
        default -> {}
      }
    }
  }

  @Test
  void largeRunIsCountedWholeAndShownInPart() throws IOException {
    Path file = report("many.html", "many");
    assertThat(Files.size(file)).isLessThan(7_000_000);
    JsonNode run = data(Files.readString(file)).path("runs").path(0);
    assertThat(run.path("trials").asInt()).isEqualTo(MANY);
    assertThat(run.path("objectives").path(0).path("finite").asInt()).isEqualTo(MANY);
    List<Double> first = new ArrayList<>();
    List<Double> second = new ArrayList<>();
    run.path("front")
        .forEach(
            row -> {
              first.add(run.path("rows").path("values").path(0).path(row.asInt()).asDouble());
              second.add(run.path("rows").path("values").path(1).path(row.asInt()).asDouble());
            });
    // Every tenth trial has equal values, which none dominates that is no better in the first.
    assertThat(run.path("front_size").asInt()).isEqualTo(MANY / 10);
    assertThat(first).hasSize(1_000).isEqualTo(second);
  }

  @Test
  void fileIsNeverReplacedUnaskedAndStandardOutputHasThePageAlone() throws IOException {
    Path file = directory.resolve("kept.html");
    Files.writeString(file, "mine");
    Launcher.Result refused =
        Launcher.here("report", "two", "-o", file.toString(), "--store", store);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("kept.html is there already", "--force");
    assertThat(Files.readString(file)).isEqualTo("mine");
    Launcher.Result inside =
        Launcher.here("report", "two", "-o", store + "/lake/x.html", "--store", store);
    assertThat(inside.exitCode()).isEqualTo(2);
    assertThat(inside.err()).contains("-o is ", "inside the store");
    Launcher.Result unknown = Launcher.here("report", "tow", "-o", "-", "--store", store);
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.out()).isEmpty();
    assertThat(unknown.err()).contains("there is no run 'tow'", "two");
    Launcher.Result page = Launcher.here("report", "two", "empty", "-o", "-", "--store", store);
    assertThat(page.exitCode()).as(page.err()).isZero();
    assertThat(page.err()).isEmpty();
    assertThat(page.out()).startsWith("<!doctype html>").endsWith("</html>\n");
    assertThat(data(page.out()).path("runs")).hasSize(2);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).noneMatch(path -> path.toString().endsWith(".tmp"));
    }
  }

  /** What a person sees: pictures are left in target/report. */
  @Test
  void pageIsDrawnInABrowserLightAndDarkAndOnAPhone() throws IOException, InterruptedException {
    Path program = Browser.find();
    assumeTrue(program != null, "there is no Chromium on PATH; -Dassay.browser names one");
    Path pictures = Files.createDirectories(Path.of("target", "report"));
    Path single = report("single.html", ReportStudies.HOSTILE);
    Path several = report("several.html", "two", ReportStudies.HOSTILE, "empty");
    Path empty = report("empty.html", "empty");
    try (Browser browser = Browser.start(requireNonNull(program))) {
      look(browser, single, "light", 1280, 12, pictures);
      look(browser, single, "dark", 360, 12, pictures);
      look(browser, several, "dark", 1280, 8, pictures);
      look(browser, several, "light", 360, 8, pictures);
      useControls(browser);
      browser.emulate(360, 800, "light");
      browser.open(empty);
      assertThat(browser.evaluate("document.querySelectorAll('.empty').length").asInt())
          .isGreaterThan(5);
      assertThat(browser.errors()).isEmpty();
    }
  }

  private static void look(
      Browser browser, Path page, String colours, int width, int charts, Path pictures)
      throws IOException, InterruptedException {
    browser.emulate(width, 800, colours);
    browser.open(page);
    String name = page.getFileName().toString().replace(".html", "");
    browser.screenshot(pictures.resolve("%s-%s-%d.png".formatted(name, colours, width)));
    assertThat(browser.errors()).isEmpty();
    assertThat(browser.evaluate("document.title").asText()).isNotEqualTo("escaped");
    assertThat(browser.evaluate("document.querySelectorAll('img').length").asInt()).isZero();
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .as("no sideways scrolling")
        .isLessThanOrEqualTo(width);
    assertThat(browser.evaluate("document.documentElement.dataset.theme").asText())
        .isEqualTo(colours);
    JsonNode blank = browser.evaluate(BLANK_CHARTS);
    assertThat(blank.path("charts").asInt()).isGreaterThanOrEqualTo(charts);
    assertThat(blank.path("blank")).isEmpty();
    assertThat(blank.path("mute")).isEmpty();
  }

  /** Charts with fewer than five colours, and those that no one hears of. */
  private static final String BLANK_CHARTS =
      """
      (() => {
        const blank = [], mute = [];
        const charts = [...document.querySelectorAll('.plot')];
        for (const plot of charts) {
          if (!plot.getAttribute('aria-label')) mute.push(plot.outerHTML);
          const canvas = plot.querySelector('canvas');
          if (!canvas) {
            blank.push(plot.getAttribute('aria-label'));
            continue;
          }
          const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          const colours = new Set();
          for (let i = 0; i < pixels.length; i += 4) {
            if (pixels[i + 3] > 0) colours.add(pixels[i] << 16 | pixels[i + 1] << 8 | pixels[i + 2]);
          }
          if (colours.size < 5) blank.push(plot.getAttribute('aria-label'));
        }
        return { charts: charts.length, blank, mute };
      })()
      """;

  /** In the page of several runs: another run, a sorted and filtered table, other colours. */
  private static void useControls(Browser browser) throws InterruptedException {
    browser.evaluate(
        """
        (() => {
          const change = (element, value) => {
            element.value = value;
            element.dispatchEvent(new Event(element.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
          };
          change([...document.querySelectorAll('label')].find(l => l.textContent.startsWith('Run shown')).querySelector('select'), 1);
          change(document.querySelector('#table input[type=search]'), 'sgd');
          change([...document.querySelectorAll('#table label')].find(l => l.textContent.startsWith('State')).querySelector('select'), 3);
          [...document.querySelectorAll('#trials th button')].find(b => b.textContent === 'trial').click();
          [...document.querySelectorAll('#trials th button')].find(b => b.textContent.startsWith('trial')).click();
          change(document.getElementById('theme'), 'dark');
        })()
        """);
    Thread.sleep(300);
    JsonNode shown =
        browser.evaluate(
            """
            (() => ({
              numbers: [...document.querySelectorAll('#trials tbody th')].map(cell => Number(cell.textContent)),
              states: [...new Set([...document.querySelectorAll('#trials .state')].map(cell => cell.textContent))],
              order: document.querySelector('#trials th[aria-sort=descending]').textContent,
              theme: document.documentElement.dataset.theme,
            }))()
            """);
    List<Integer> numbers = new ArrayList<>();
    shown.path("numbers").forEach(number -> numbers.add(number.asInt()));
    assertThat(numbers).isNotEmpty().isSortedAccordingTo((a, b) -> b - a);
    assertThat(numbers).allMatch(number -> number % 11 == 3);
    assertThat(shown.path("states").toString()).contains("failed").doesNotContain("complete");
    assertThat(shown.path("order").asText()).startsWith("trial");
    assertThat(shown.path("theme").asText()).isEqualTo("dark");
    assertThat(browser.errors()).isEmpty();
  }
}
