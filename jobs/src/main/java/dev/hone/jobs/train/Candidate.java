package dev.hone.jobs.train;

import dev.hone.jobs.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model that was tried.
 *
 * @param name what was done: head, fine-tuned or from scratch
 * @param detail of what, in a few words
 * @param seconds that it took
 * @param accuracy on the validation images
 * @param macroF1 on the validation images
 * @param loss cross-entropy on the validation images
 * @param chosen whether it is the result
 */
public record Candidate(
        String name, String detail, double seconds, double accuracy, double macroF1, double loss, boolean chosen) {

    Candidate withChosen(boolean value) {
        return new Candidate(name, detail, seconds, accuracy, macroF1, loss, value);
    }

    /** Whether it is better: by macro F1, as epochs are compared; of equal ones that with the lower loss. */
    boolean isBetterThan(Candidate other) {
        return macroF1 > other.macroF1 || macroF1 == other.macroF1 && loss < other.loss;
    }

    Map<String, Object> document() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("candidate", name);
        map.put("detail", detail);
        map.put("seconds", Json.round(seconds, 1));
        map.put("accuracy", Json.round(accuracy, 6));
        map.put("macroF1", Json.round(macroF1, 6));
        map.put("loss", Json.round(loss, 6));
        map.put("chosen", chosen);
        return map;
    }
}
