/**
 * Bringing models of older operator sets up to the one that everything else works on.
 */
package dev.hone.graph.rewrite.upgrade;
