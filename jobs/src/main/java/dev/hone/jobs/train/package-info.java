/** Training a classifier on a data set. The training loop itself is the module {@code train}'s. */
package dev.hone.jobs.train;
