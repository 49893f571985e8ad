/**
 * Reverse-mode differentiation of graphs: the table of gradient rules and the walker that applies them. Contains no
 * losses or optimizers, and runs nothing.
 */
package dev.hone.autodiff;
