/**
 * Explains predictions: heat maps of images, attributions of rows of tables and arrays, the quality of explanations over a
 * data set, and what a model looks at over a data set. Methods of attribution are in {@code explain}; pages and plots in
 * {@code report}.
 */
package dev.hone.jobs.explain;
