@NullMarked
package dev.assay.engine.space;

import org.jspecify.annotations.NullMarked;
