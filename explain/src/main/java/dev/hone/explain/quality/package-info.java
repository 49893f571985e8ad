/**
 * Measures of how good an explanation is. Each takes arrays and functions, so that it serves attributions of any method:
 * a score is a function of the input [elements] of one class, an attribution has as many elements as the input or, where
 * a map is asked for, as the input has positions (pixels of an image, columns of a table).
 */
package dev.hone.explain.quality;
