package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.model.metric.Proportion;
import java.util.Map;

/**
 * The samples that a reject threshold was chosen on, in the metadata of its model as {@code hone.threshold.samples}: which,
 * unit, escapes, defective samples, rejected good samples, good samples, separated by commas.
 *
 * @param which validation or training
 * @param unit what they are: images or rows
 * @param escapes defective samples that pass at the threshold, among the defective ones
 * @param overkill good samples that are rejected, among the good ones
 */
public record ThresholdEvidence(String which, String unit, Proportion escapes, Proportion overkill) {
    /** Beside {@code hone.threshold}. */
    static final String KEY = "hone.threshold.samples";

    /** A rate that is known no better than this says little. */
    private static final double WIDEST = 0.2;

    /** Whether there are too few samples: an interval is wider than 20 points. */
    public boolean isTooFew() {
        return escapes.width() > WIDEST || overkill.width() > WIDEST;
    }

    public void writeTo(Map<String, String> metadata) {
        metadata.put(
                KEY,
                String.join(
                        ",",
                        which,
                        unit,
                        Long.toString(escapes.count()),
                        Long.toString(escapes.total()),
                        Long.toString(overkill.count()),
                        Long.toString(overkill.total())));
    }

    /**
     * Null where a model says nothing of them.
     *
     * @throws HoneException if the metadata are damaged
     */
    public static ThresholdEvidence read(Map<String, String> metadata) {
        String text = metadata.get(KEY);
        if (text == null) {
            return null;
        }
        String[] words = text.split(",", -1);
        try {
            if (words.length == 6) {
                return new ThresholdEvidence(
                        words[0], words[1], proportion(words[2], words[3]), proportion(words[4], words[5]));
            }
        } catch (IllegalArgumentException e) {
            throw damaged(text, e);
        }
        throw damaged(text, null);
    }

    private static Proportion proportion(String count, String total) {
        return new Proportion(Long.parseLong(count), Long.parseLong(total));
    }

    private static HoneException damaged(String text, Exception cause) {
        return new HoneException(
                "the model's metadata '" + KEY + "' is '" + text + "', expected two words and four counts", cause);
    }
}
