/**
 * Random augmentation of training images, reproducible by seed, epoch and image. Batches are in {@code vision.store}.
 */
package dev.hone.vision.augment;
