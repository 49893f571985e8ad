/**
 * A model as a mutable SSA graph: nodes, values, shapes with symbols, immutable tensors. Files are in {@code
 * graph.onnx}, operator semantics in {@code graph.op}.
 */
package dev.hone.graph;
