/** Takes sources of different kinds into a store, in one go and one report. */
@NullMarked
package dev.assay.storage.sources;

import org.jspecify.annotations.NullMarked;
