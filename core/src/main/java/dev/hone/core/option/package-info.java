/**
 * Records of options and what describes them. The command line, recipe files and their schema are made from these
 * descriptions; nothing here knows what a job does with its options.
 */
package dev.hone.core.option;
