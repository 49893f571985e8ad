/**
 * Recipe files: the options of jobs in YAML, read, checked and run in order. What a job does with its options is in the
 * job's own package; the keys and their types come from the records of options.
 */
package dev.hone.jobs.recipe;
