/**
 * What training minimizes: an {@link dev.hone.train.objective.Objective} appends its loss to the graph of a step. Losses
 * and what they may ask of the graph live here; optimizers and the step itself do not.
 */
package dev.hone.train.objective;
