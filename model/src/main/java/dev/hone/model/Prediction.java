package dev.hone.model;

import java.util.Map;

/**
 * What a classifier says of one sample.
 *
 * @param label the predicted class, by the model's threshold where it has one
 * @param probability of that class, 0 to 1
 * @param rejected whether the part is rejected; null where the model has no reject threshold
 * @param probabilities of all classes by label, in the model's order
 */
public record Prediction(String label, float probability, Boolean rejected, Map<String, Float> probabilities) {}
