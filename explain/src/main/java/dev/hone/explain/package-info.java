/**
 * Attributions of a model's outputs to its inputs: GradientSHAP and its kin as graphs, methods that only run the model,
 * their sampling errors. Images and files are not known here.
 */
package dev.hone.explain;
