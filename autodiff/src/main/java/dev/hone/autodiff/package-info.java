/**
 * Reverse-mode gradients of a graph, as a graph: the table of rules and the walker that applies them. Losses and optimizers
 * are not here, and nothing is run.
 */
package dev.hone.autodiff;
