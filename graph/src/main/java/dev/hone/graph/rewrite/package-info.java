/**
 * Rules that replace parts of a graph by equal or smaller ones, and the passes that apply them. A rule that changes what a
 * model computes, such as quantization, is not here.
 */
package dev.hone.graph.rewrite;
