/**
 * Upgrades models of older opsets to the one that Hone works with.
 */
package dev.hone.graph.rewrite.upgrade;
