package dev.assay.storage.optuna;

import dev.assay.storage.ParameterDomain;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A trial as Optuna keeps it: states, times, distributions and attributes are the texts of the
 * source, and lists are in the order in which they were set there.
 *
 * @param number null where the source has none
 * @param start a time without a zone, or with an offset; null where unknown
 * @param complete as {@code start}
 * @param heartbeat when its worker was last heard of, UTC; null where nobody listened
 * @param unreadable what the columns hold in place of what they should, by where it stands
 */
record OptunaTrial(
    long id,
    @Nullable Long number,
    String state,
    @Nullable String start,
    @Nullable String complete,
    @Nullable String heartbeat,
    List<Value> values,
    List<Param> params,
    List<Attr> userAttrs,
    List<Attr> systemAttrs,
    List<Step> steps,
    Map<String, String> unreadable) {

  /** The value of one objective, counted from 0. */
  record Value(long objective, @Nullable Double value, String type) {}

  /**
   * @param internal the number that stands for the value, see {@link ParameterDomain}
   * @param distribution JSON
   */
  record Param(String name, double internal, String distribution) {}

  /**
   * @param json JSON text
   */
  record Attr(String key, String json) {}

  /** A value that was reported on the way. */
  record Step(long step, @Nullable Double value, String type) {}
}
