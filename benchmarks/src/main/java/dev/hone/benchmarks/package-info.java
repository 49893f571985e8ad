/**
 * Side-by-side measurements of Hone and of the tools that a user would pick instead. Nothing here is part of the product.
 */
package dev.hone.benchmarks;
