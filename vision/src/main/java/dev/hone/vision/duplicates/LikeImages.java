package dev.hone.vision.duplicates;

import java.util.List;

/**
 * Images of a data set that show the same thing.
 *
 * @param pairs those found, each once, by index; pairs of a group need not all be among them
 * @param groups for each image the number of its group, from 0; most images are alone in theirs
 */
public record LikeImages(List<LikePair> pairs, int[] groups) {}
