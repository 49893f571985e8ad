package dev.hone.train.head;

import java.util.List;

/** Heads of one kind that differ in a few settings, one of which cross-validation chooses. */
interface HeadFamily {
    /** The settings that are tried, each in a few words for people. */
    List<String> settings();

    /**
     * Fits heads.
     *
     * @param settings indices into {@link #settings}, in rising order
     * @param seed of whatever is random
     * @return one head for each of the settings
     */
    List<Head> fit(HeadSamples training, int[] settings, long seed);

    /** More samples than these are not used: a part of them is chosen at random, of each class in proportion. */
    default int mostSamples() {
        return Integer.MAX_VALUE;
    }
}
