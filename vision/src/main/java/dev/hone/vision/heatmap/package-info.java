/**
 * Attribution maps drawn over images, as PNG and SVG. How a map is computed is not known here.
 */
package dev.hone.vision.heatmap;
