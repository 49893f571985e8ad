/**
 * Validation of graphs: arity, attributes, types, shapes, names, order. Nothing here modifies a graph.
 */
package dev.hone.graph.verify;
