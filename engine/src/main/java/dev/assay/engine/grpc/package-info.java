/**
 * Optuna's storage protocol over a store: {@link dev.assay.engine.grpc.OptunaServer} is what
 * Python's {@code optuna.storages.GrpcStorageProxy} talks to.
 */
@NullMarked
package dev.assay.engine.grpc;

import org.jspecify.annotations.NullMarked;
