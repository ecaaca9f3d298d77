/** Benchmarks, started by {@code src-test/bin/bench}. */
@NullMarked
package dev.assay.bench;

import org.jspecify.annotations.NullMarked;
