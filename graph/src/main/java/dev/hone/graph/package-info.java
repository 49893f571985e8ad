/**
 * A model as a mutable SSA graph: nodes, values, shapes with symbols, immutable tensors. Files are {@code graph.onnx}'s,
 * the meaning of operators {@code graph.op}'s.
 */
package dev.hone.graph;
