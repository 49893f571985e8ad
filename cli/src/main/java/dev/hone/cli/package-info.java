/**
 * The {@code hone} command: options made from the records of options of jobs, printing, progress bars, exit codes. What a
 * command does is a job; nothing here is imported by another module.
 */
package dev.hone.cli;
