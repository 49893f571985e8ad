/** The files that a user names: single ones, folders at any depth, patterns. Knows nothing about what is done with them. */
package dev.hone.jobs.input;
