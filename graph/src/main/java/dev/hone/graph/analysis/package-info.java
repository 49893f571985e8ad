/**
 * Finds the parts of a model: its weights, its head and the features in front of it, its feature maps, its blocks and the
 * values through which everything passes; and how many samples it takes at once, so that each has the answer that it has
 * alone. What operators mean is asked of {@link dev.hone.graph.op.OperatorTraits}.
 */
package dev.hone.graph.analysis;
