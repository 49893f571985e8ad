package dev.hone.benchmarks;

import dev.hone.core.HoneException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parts of the training recipe that are tried, each as the options that differ from the defaults. */
final class AblationParts {
    /** The defaults themselves, which all others are compared with. */
    static final String BASE = "defaults";

    private static final Map<String, Map<String, String>> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put(BASE, Map.of());
        PARTS.put("no-augmentation", Map.of("no-augmentation", "true"));
        PARTS.put("no-smoothing", Map.of("smoothing", "0"));
        PARTS.put("no-average", Map.of("ema", "0"));
        PARTS.put("sgd", Map.of("optimizer", "sgd"));
        PARTS.put("one-cycle", Map.of("schedule", "one-cycle"));
        PARTS.put("no-resampling", Map.of("balance", "0"));
        PARTS.put("logit-adjustment", Map.of("balance", "0", "logit-adjustment", "1"));
        PARTS.put("both-for-balance", Map.of("logit-adjustment", "1"));
        PARTS.put("mixup", Map.of("mixup", "0.2"));
        PARTS.put("cutmix", Map.of("cutmix", "1"));
        PARTS.put("rand-augment", Map.of("rand-augment", "5"));
        PARTS.put("stochastic-depth", Map.of("stochastic-depth", "0.1"));
        PARTS.put("quarter-turns", Map.of("rotate90", "0.5"));
    }

    private AblationParts() {}

    static List<String> names() {
        return List.copyOf(PARTS.keySet());
    }

    /** @throws HoneException if there is no such part */
    static Map<String, String> options(String part) {
        Map<String, String> options = PARTS.get(part);
        if (options == null) {
            throw new HoneException("unknown part '" + part + "', expected one of " + String.join(", ", names()));
        }
        return options;
    }

    /** The options of a part as they are given to the command. */
    static String command(String part) {
        StringBuilder text = new StringBuilder();
        options(part).entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(e -> text.append(
                        text.isEmpty() ? "" : " ")
                .append("--")
                .append(e.getKey())
                .append(e.getValue().equals("true") ? "" : " " + e.getValue()));
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
