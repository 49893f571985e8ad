/**
 * Drawing of attribution maps over images, as PNG and SVG. Knows nothing about how maps are computed.
 */
package dev.hone.vision.heatmap;
