package dev.hone.train.backbone;

import dev.hone.core.HoneException;
import dev.hone.core.text.NearestName;
import dev.hone.train.network.Normalization;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes of normalizations that users know: names of ranges, or mean and deviation of pixels from 0 to 255. */
public final class NormalizationText {
    private static final Map<String, Normalization> NAMED = new LinkedHashMap<>();

    static {
        NAMED.put("imagenet", Normalization.imageNet());
        NAMED.put("-1..1", new Normalization.Uniform(127.5f, 127.5f));
        NAMED.put("0..1", new Normalization.Uniform(0, 255));
        NAMED.put("none", new Normalization.Raw());
    }

    private NormalizationText() {}

    /**
     * @param text {@code imagenet} (torchvision, most of timm), {@code -1..1}, {@code 0..1}, {@code none} for pixels from 0 to
     *     255, or {@code MEAN/DEVIATION} in units of these pixels, one number each or one per channel, such as
     *     {@code 123.7,116.3,103.5/58.4,57.1,57.4}
     * @throws HoneException if it is none of these
     */
    public static Normalization parse(String text) {
        Normalization named = NAMED.get(text.strip().toLowerCase(java.util.Locale.ROOT));
        if (named != null) {
            return named;
        }
        String[] halves = text.split("/", -1);
        if (halves.length != 2) {
            throw unknown(text);
        }
        float[] mean = numbers(halves[0], text);
        float[] std = numbers(halves[1], text);
        return mean.length == 1 && std.length == 1
                ? new Normalization.Uniform(mean[0], std[0])
                : new Normalization.Dataset(mean, std);
    }

    private static float[] numbers(String list, String text) {
        String[] words = list.split(",", -1);
        float[] numbers = new float[words.length];
        for (int i = 0; i < numbers.length; i++) {
            try {
                numbers[i] = Float.parseFloat(words[i].strip());
            } catch (NumberFormatException e) {
                throw unknown(text);
            }
            if (!Float.isFinite(numbers[i])) {
                throw unknown(text);
            }
        }
        return numbers;
    }

    private static HoneException unknown(String text) {
        return new HoneException("normalization '" + text + "', expected " + String.join(", ", NAMED.keySet())
                + " or MEAN/DEVIATION such as 127.5/127.5" + NearestName.hint(text, NAMED.keySet()));
    }
}
