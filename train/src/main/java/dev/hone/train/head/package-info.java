/**
 * Classifiers in seconds: feature maps of a pretrained network are pooled to one vector per image, a head is fitted to these
 * features, and both are one model of ordinary operators, from pixels to class probabilities.
 *
 * <p>In order: {@link dev.hone.train.head.FeatureForm} and {@link dev.hone.train.head.FeatureModel} (pooling inside the
 * graph), {@link dev.hone.train.head.FeatureExtraction} (features of a data set, cached), {@link
 * dev.hone.train.head.Projection} (standardization and principal components), {@link dev.hone.train.head.HeadSearch}
 * (cross-validation) over {@link dev.hone.train.head.HeadKind}, {@link dev.hone.train.head.HeadModel} (the result).
 */
package dev.hone.train.head;
