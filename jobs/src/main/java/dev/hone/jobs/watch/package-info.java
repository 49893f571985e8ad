/**
 * Folders that are watched: which files are new and complete, and which were dealt with before. Knows nothing about what is
 * done with them.
 */
package dev.hone.jobs.watch;
