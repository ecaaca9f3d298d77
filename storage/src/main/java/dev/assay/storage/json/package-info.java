@NullMarked
package dev.assay.storage.json;

import org.jspecify.annotations.NullMarked;
