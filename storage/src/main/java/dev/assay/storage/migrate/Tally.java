package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;

/**
 * How many files, or trials, went which way.
 *
 * @param read found in the source and read
 * @param taken now in the store; in a dry run, would be
 * @param alreadyThere in the store since an earlier migration
 * @param skipped not taken, for a reason that the findings give
 * @param quarantined not understood; a quarantined file is also among the taken ones, byte for byte
 */
public record Tally(long read, long taken, long alreadyThere, long skipped, long quarantined) {
  static final Tally NONE = new Tally(0, 0, 0, 0, 0);

  static Tally ofAlreadyThere(long count) {
    return new Tally(0, 0, count, 0, 0);
  }

  static Tally ofSkipped(long count) {
    return new Tally(0, 0, 0, count, 0);
  }

  Tally plus(Tally other) {
    return new Tally(
        read + other.read,
        taken + other.taken,
        alreadyThere + other.alreadyThere,
        skipped + other.skipped,
        quarantined + other.quarantined);
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("read", read);
    node.put("taken", taken);
    node.put("already_there", alreadyThere);
    node.put("skipped", skipped);
    node.put("quarantined", quarantined);
    return node;
  }
}
