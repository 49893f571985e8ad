package dev.hone.jobs.explain;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Explanations of the rows of a table or an array.
 *
 * @param rows in the order of the file
 * @param importance of the columns of a table by class; empty for arrays
 * @param files that were written
 */
public record RowResult(List<RowExplanation> rows, List<Importance> importance, List<Path> files)
        implements ExplainResult {
    /**
     * How much columns matter over the rows that were explained for one class.
     *
     * @param target index of the explained class
     * @param explained its label, or the index where the model states no labels
     * @param features names of the columns, or of groups of them
     * @param meanAbsoluteAttributions by feature
     */
    public record Importance(
            int target, Object explained, int rows, List<String> features, double[] meanAbsoluteAttributions) {
        public Map<String, Object> document() {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("explained", explained);
            document.put("rows", rows);
            document.put("meanAbsoluteAttributions", RowExplanation.named(features, meanAbsoluteAttributions));
            return document;
        }
    }

    @Override
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("rows", rows.stream().map(RowExplanation::document).toList());
        document.put("importance", importance.stream().map(Importance::document).toList());
        document.put("files", files.stream().map(Path::toString).toList());
        return document;
    }
}
