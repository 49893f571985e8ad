/**
 * 8-bit images: reading files and bytes, orientation, resizing, writing PNG. Knows nothing about data sets.
 */
package dev.hone.vision.image;
