/** Metrics of classifiers and the decisions made from their probabilities. Nothing here runs a model. */
package dev.hone.model.metric;
