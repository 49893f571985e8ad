/**
 * Finds the parts of a model: its weights, its head and the features in front of it, its feature maps, its blocks and the
 * values through which everything passes. It looks and changes nothing; what operators mean is asked of
 * {@link dev.hone.graph.op.OperatorTraits}.
 */
package dev.hone.graph.analysis;
