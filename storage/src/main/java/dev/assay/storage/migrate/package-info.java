/**
 * Takes what other systems have stored into a store. Nothing is ever written to a source, and no
 * study is visible before all of it is there.
 */
@NullMarked
package dev.assay.storage.migrate;

import org.jspecify.annotations.NullMarked;
