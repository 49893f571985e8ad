package dev.hone.jobs.evaluate;

import java.nio.file.Path;

/**
 * Where the misclassified samples were written.
 *
 * @param csv a line for each
 * @param page the first one, or null for rows
 * @param count how many they are
 */
public record ErrorFiles(Path csv, Path page, int count) {}
