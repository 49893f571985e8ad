/**
 * Data sets: samples with their inputs and targets, splits, revisions, batches. Nothing here decodes an image or runs a
 * model.
 */
package dev.hone.data;
