package dev.hone.compress;

import java.util.List;
import java.util.Map;

/** What a compression did. */
public interface CompressionReport {
    /** One line: the number formats, the method and the data; it goes into the model's metadata. */
    String summary();

    /** Layers or tensors that stay in FP32 although they might be expected to change, with the reason. */
    Map<String, String> kept();

    /** The model against the context's goal; null where there was none, or where it was not looked at. */
    default Accuracy accuracy() {
        return null;
    }

    /** Lines for people beside the summary. */
    default List<String> lines() {
        return List.of();
    }

    /** More for programs: texts, numbers, truths, lists and maps of these. */
    default Map<String, Object> details() {
        return Map.of();
    }
}
