/** The ways out of a store. A target is there as a whole or not at all. */
@NullMarked
package dev.assay.storage.export;

import org.jspecify.annotations.NullMarked;
