package dev.hone.report;

import dev.hone.data.Sample;
import dev.hone.vision.heatmap.HeatMap;

/**
 * A sample with the attribution map of its prediction.
 *
 * @param sample labelled with the actual class
 * @param map attribution map at the size of the image
 * @param predicted index of the predicted class
 * @param probability of the predicted class
 * @param relativeError sampling error of the attribution map: one standard deviation, relative to the map
 * @param additivityError relative difference between the sum of attributions and the difference of logits; NaN if the
 *     method is not additive
 */
public record ExplainedSample(
        Sample sample, HeatMap map, int predicted, float probability, double relativeError, double additivityError) {}
