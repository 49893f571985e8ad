/**
 * One training step as a graph, and what runs it: parameters in native memory, forward, backward, optimizer. Epochs and
 * data are {@code train.loop}'s.
 */
package dev.hone.train.step;
