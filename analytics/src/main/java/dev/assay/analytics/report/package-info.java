@NullMarked
package dev.assay.analytics.report;

import org.jspecify.annotations.NullMarked;
