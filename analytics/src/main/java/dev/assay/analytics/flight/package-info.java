@NullMarked
package dev.assay.analytics.flight;

import org.jspecify.annotations.NullMarked;
