/**
 * Training from the first step to the best model: epochs, schedules, validation, early stopping, checkpoints, time limits.
 * What a step does is in {@code step}; where batches come from is the data's business.
 */
package dev.hone.train.loop;
