/**
 * The images of a data set at one size: the pixel cache, batches of images, statistics of pixels. Reading files is {@code
 * vision.image}'s.
 */
package dev.hone.vision.store;
