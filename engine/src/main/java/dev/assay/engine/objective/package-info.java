@NullMarked
package dev.assay.engine.objective;

import org.jspecify.annotations.NullMarked;
