@NullMarked
package dev.assay.analytics;

import org.jspecify.annotations.NullMarked;
