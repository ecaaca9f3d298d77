package dev.assay.engine.cli;

/**
 * Something about a study that its author may want otherwise.
 *
 * @param code what it is about, for programs
 * @param message what was found and what to do
 */
record StudyWarning(String code, String message) {}
