@NullMarked
package dev.assay.storage;

import org.jspecify.annotations.NullMarked;
