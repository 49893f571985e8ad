/**
 * A concise API for building graphs: operators as methods, and constants. Knows nothing about gradients or networks.
 */
package dev.hone.graph.build;
