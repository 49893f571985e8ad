/**
 * Test utilities for several modules: comparison of model outputs, finite differences, random inputs, synthetic tables.
 * Test scope only.
 */
package dev.hone.testkit;
