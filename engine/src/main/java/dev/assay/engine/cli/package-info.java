@NullMarked
package dev.assay.engine.cli;

import org.jspecify.annotations.NullMarked;
