package dev.hone.jobs.explain;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Explanations of single images.
 *
 * @param explanations in the order of the images, one for each class asked for
 * @param failures images that could not be explained
 */
public record ImageResult(List<ImageExplanation> explanations, List<Failure> failures) implements ExplainResult {
    /** @param problem in one line */
    public record Failure(Path image, String problem) {
        public Map<String, Object> document() {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("image", image.toString());
            line.put("error", problem);
            return line;
        }
    }

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put(
                "explanations",
                explanations.stream().map(ImageExplanation::document).toList());
        document.put("failures", failures.stream().map(Failure::document).toList());
        return document;
    }
}
