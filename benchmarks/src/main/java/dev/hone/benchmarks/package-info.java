/**
 * Benchmarks of Hone against the alternatives a user would choose. Not part of the product.
 */
package dev.hone.benchmarks;
