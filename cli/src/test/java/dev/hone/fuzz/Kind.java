package dev.hone.fuzz;

import java.nio.file.Path;
import java.util.List;

/**
 * A kind of input: whole files, ways to damage them, and commands that read them. In commands {@code {file}} is the
 * damaged file and {@code {out}} a file that is there already and must stay as it is if the command fails.
 *
 * @param seeds whole files
 */
record Kind(String name, List<Path> seeds, List<Mutator> mutators, List<String> commands) {}
