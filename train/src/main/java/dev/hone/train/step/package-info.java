/**
 * One training step as a graph and what runs it: forward pass in training mode, gradient, optimizer, averages. The step is
 * fused, or cut between gradient and update. What is minimized is in {@code objective}, how often and how long in {@code
 * loop}.
 */
package dev.hone.train.step;
