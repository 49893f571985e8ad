/**
 * The images of a data set at a fixed size: pixel cache, batches, pixel statistics. Reading files is in {@code
 * vision.image}.
 */
package dev.hone.vision.store;
