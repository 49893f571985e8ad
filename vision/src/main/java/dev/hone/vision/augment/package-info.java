/**
 * Random changes of training images, the same for the same seed, epoch and image. Batches are {@code vision.store}'s.
 */
package dev.hone.vision.augment;
