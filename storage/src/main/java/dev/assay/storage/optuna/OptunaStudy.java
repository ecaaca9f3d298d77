package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import java.util.List;
import java.util.Map;

/**
 * A study without its trials.
 *
 * @param systemAttrs Optuna's own, by the keys under which the store keeps them
 * @param unreadable what could not be understood, by where it stands
 */
record OptunaStudy(
    StudyRow row,
    List<Direction> directions,
    ObjectNode userAttrs,
    ObjectNode systemAttrs,
    Map<String, String> unreadable) {}
