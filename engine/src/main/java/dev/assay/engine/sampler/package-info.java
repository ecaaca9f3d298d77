@NullMarked
package dev.assay.engine.sampler;

import org.jspecify.annotations.NullMarked;
