package dev.assay.engine.grpc;

import dev.assay.storage.BadValueException;
import dev.assay.storage.IncompatibleDistributionException;
import dev.assay.storage.NameTakenException;
import dev.assay.storage.NoSuchStudyException;
import dev.assay.storage.NoSuchTrialException;
import dev.assay.storage.StoreException;
import dev.assay.storage.TrialFinishedException;
import io.grpc.Status;
import java.util.Map;

/**
 * What clients are told of an error. Optuna's client makes {@code KeyError}, {@code
 * DuplicatedStudyError}, {@code UpdateFinishedTrialError} and {@code ValueError} of the first four
 * codes, and lets the others through as they are.
 */
final class Refusals {
  private static final Map<Class<?>, Status> STATUSES =
      Map.of(
          NoSuchStudyException.class, Status.NOT_FOUND,
          NoSuchTrialException.class, Status.NOT_FOUND,
          NameTakenException.class, Status.ALREADY_EXISTS,
          TrialFinishedException.class, Status.FAILED_PRECONDITION,
          IncompatibleDistributionException.class, Status.INVALID_ARGUMENT,
          BadValueException.class, Status.INVALID_ARGUMENT,
          InvalidCallException.class, Status.INVALID_ARGUMENT);

  /** The text travels in a header, and clients take no large ones. */
  private static final int MAX_TEXT = 1000;

  private Refusals() {}

  /** The status that stands for an error; INTERNAL for one that the caller did not bring about. */
  static Status of(RuntimeException e) {
    Status known = STATUSES.get(e.getClass());
    String message = String.valueOf(e.getMessage());
    if (known == null) {
      known = Status.INTERNAL;
      message = e instanceof StoreException ? message : "unexpected " + e;
    }
    return known.withDescription(
        message.length() > MAX_TEXT ? message.substring(0, MAX_TEXT) + "…" : message);
  }
}
