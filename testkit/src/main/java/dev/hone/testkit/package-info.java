/**
 * Checks for tests of several modules: equal outputs of two models, gradients against finite differences, random inputs.
 * Test scope only.
 */
package dev.hone.testkit;
