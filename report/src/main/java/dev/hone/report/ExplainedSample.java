package dev.hone.report;

import dev.hone.data.Sample;
import dev.hone.vision.heatmap.HeatMap;

/**
 * A sample with the attribution map of its prediction.
 *
 * @param sample labelled with the actual class
 * @param map over the image itself
 * @param predicted index of the predicted class
 * @param probability of the predicted class
 * @param relativeError sampling error of the map: one standard deviation, relative to the map
 * @param additivityError how far the attributions' sum is from the difference of logits, relative; NaN where the method
 *     promises no sum
 */
public record ExplainedSample(
        Sample sample, HeatMap map, int predicted, float probability, double relativeError, double additivityError) {}
