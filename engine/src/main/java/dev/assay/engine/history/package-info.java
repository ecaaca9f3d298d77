@NullMarked
package dev.assay.engine.history;

import org.jspecify.annotations.NullMarked;
