/**
 * Records of options and their descriptions, from which the command line, recipe files and their schema are generated.
 * Knows nothing about what a job does with its options.
 */
package dev.hone.core.option;
