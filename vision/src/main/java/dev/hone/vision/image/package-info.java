/**
 * Images of 8 bits per sample: reading files and bytes, orientation, resizing, writing PNG. Data sets are not known here.
 */
package dev.hone.vision.image;
