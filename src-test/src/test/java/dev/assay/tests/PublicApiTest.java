package dev.assay.tests;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What Java programs can call is what public-api.txt lists. */
final class PublicApiTest {
  @Test
  void thePublicApiHasNotChangedUnannounced() throws IOException {
    SortedSet<String> lines = new TreeSet<>();
    for (JavaClass type : ArrowsTest.CLASSES) {
      lines.addAll(ApiLines.of(type.reflect()));
    }
    Listing.requireSame("The public Java API", "public-api.txt", lines, PublicApiTest.class);
  }
}
