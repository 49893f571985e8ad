/**
 * Operators as graphs of simpler ones: what ONNX calls the body of a function operator. Used to differentiate operators
 * that have no gradient rule of their own. Contains no rewriting of models.
 */
package dev.hone.graph.expand;
