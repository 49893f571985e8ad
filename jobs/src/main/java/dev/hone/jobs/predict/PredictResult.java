package dev.hone.jobs.predict;

import dev.hone.jobs.Job;
import dev.hone.jobs.Json;
import dev.hone.model.Prediction;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Predictions in the order of the images or rows.
 *
 * @param lines empty where they were handed out one by one, or written to a file
 * @param totals of all
 */
public record PredictResult(List<Line> lines, Totals totals) implements Job.Result {
    /**
     * What was predicted.
     *
     * @param failed images that could not be classified; not among the classes
     * @param classes how often each class was predicted, by label in the order of their first appearance
     * @param seconds of the whole work, the start of the model left out
     */
    public record Totals(long failed, Map<String, Long> classes, double seconds) {
        /** Images or rows, those that failed included. */
        public long all() {
            return failed + classes.values().stream().mapToLong(Long::longValue).sum();
        }

        Map<String, Object> document() {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("count", all());
            document.put("failed", failed);
            document.put("classes", classes);
            document.put("seconds", Json.round(seconds, 3));
            return document;
        }
    }

    /**
     * One image, or one row of a table.
     *
     * @param file the image or the table
     * @param row counted from 1 below the header; 0 for an image
     * @param prediction null if the image cannot be read
     * @param milliseconds of the model
     * @param total milliseconds with reading, decoding and resizing
     * @param error why there is no prediction, or null
     */
    public record Line(Path file, int row, Prediction prediction, double milliseconds, double total, String error) {
        /** Rows are classified many at a time, so that there is no time of one. */
        static Line ofRow(Path file, int row, Prediction prediction) {
            return new Line(file, row, prediction, Double.NaN, Double.NaN, null);
        }

        /** An image that cannot be classified. */
        static Line ofFailure(Path image, String error) {
            return new Line(image, 0, null, Double.NaN, Double.NaN, error);
        }

        public Map<String, Object> document() {
            Map<String, Object> line = new LinkedHashMap<>();
            if (row > 0) {
                line.put("file", file.toString());
                line.put("row", row);
            } else {
                line.put("image", file.toString());
            }
            if (error != null) {
                line.put("error", error);
                return line;
            }
            line.put("class", prediction.label());
            line.put("probability", Json.round(prediction.probability(), 6));
            if (prediction.rejected() != null) {
                line.put("rejected", prediction.rejected());
            }
            Map<String, Object> all = new LinkedHashMap<>();
            prediction.probabilities().forEach((label, p) -> all.put(label, Json.round(p, 6)));
            line.put("probabilities", all);
            if (row == 0) {
                line.put("milliseconds", Json.round(milliseconds, 3));
                line.put("total", Json.round(total, 3));
            }
            return line;
        }
    }

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("predictions", lines.stream().map(Line::document).toList());
        document.put("totals", totals.document());
        return document;
    }
}
