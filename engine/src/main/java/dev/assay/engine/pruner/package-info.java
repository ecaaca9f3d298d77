@NullMarked
package dev.assay.engine.pruner;

import org.jspecify.annotations.NullMarked;
