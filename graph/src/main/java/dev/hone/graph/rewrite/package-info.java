/**
 * Rules that replace parts of a graph with equivalent, simpler ones, and the passes that apply them. Transformations
 * that change what a model computes, such as quantization, live elsewhere.
 */
package dev.hone.graph.rewrite;
