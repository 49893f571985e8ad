/**
 * Synthetic images of surfaces with defects and their masks, for demonstrations and tests.
 */
package dev.hone.vision.synthetic;
