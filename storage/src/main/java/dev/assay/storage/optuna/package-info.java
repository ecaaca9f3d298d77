/** Optuna's storages: the tables of its databases, its journal files, and its form of a trial. */
@NullMarked
package dev.assay.storage.optuna;

import org.jspecify.annotations.NullMarked;
