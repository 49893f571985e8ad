/**
 * Checks that a graph is one: arity, attributes, types, shapes, names, order. Nothing here repairs it.
 */
package dev.hone.graph.verify;
