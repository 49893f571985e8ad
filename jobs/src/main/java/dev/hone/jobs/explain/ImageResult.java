package dev.hone.jobs.explain;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Explanations of images.
 *
 * @param explanations in the order of the images, one for each class asked for; none of images that were searched for in
 *     folders or watched, which may be many: a listener hears of each
 * @param failures images that could not be explained; none of searched ones
 * @param uncontrasted images predicted as the contrast class; none of searched ones
 * @param totals of all
 */
public record ImageResult(
        List<ImageExplanation> explanations, List<Failure> failures, List<Uncontrasted> uncontrasted, Totals totals)
        implements ExplainResult {
    /**
     * @param images all that were to be explained
     * @param skipped done in an earlier run
     * @param uncontrasted predicted as the contrast class, in this or an earlier run
     * @param index page of all explanations of folders, or null
     */
    public record Totals(long images, long failed, long skipped, long uncontrasted, Path index) {
        Map<String, Object> document() {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("images", images);
            document.put("failed", failed);
            document.put("skipped", skipped);
            document.put("uncontrasted", uncontrasted);
            if (index != null) {
                document.put("index", index.toString());
            }
            return document;
        }
    }

    /**
     * An image without an explanation, as its predicted class is the contrast class: there is nothing to contrast.
     *
     * @param predicted label of both
     */
    public record Uncontrasted(Path image, String predicted, float probability) {
        public Map<String, Object> document() {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("image", image.toString());
            line.put("predicted", predicted);
            line.put("probability", probability);
            line.put("contrast", predicted);
            return line;
        }
    }

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
        document.put("totals", totals.document());
        document.put(
                "uncontrasted",
                uncontrasted.stream().map(Uncontrasted::document).toList());
        document.put("failures", failures.stream().map(Failure::document).toList());
        return document;
    }
}
