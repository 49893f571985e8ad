/**
 * What operators mean, one table per concern: {@link dev.hone.graph.op.Operators} (signatures),
 * {@link dev.hone.graph.op.ShapeRules} (types and shapes), {@link dev.hone.graph.op.CostRules} (MACs and bytes),
 * {@link dev.hone.graph.op.OperatorTraits} (weights, axes and other facts).
 *
 * <p>A rule stands in the file of its family of operators, looks at a node through
 * {@link dev.hone.graph.op.ShapeContext} and says what its outputs are. What rules have in common, such as broadcasting,
 * types that the signature gives and what files declare, is in the context and the table's walker.
 */
package dev.hone.graph.op;
