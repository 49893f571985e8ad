package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.FileErrors;
import dev.hone.jobs.Outputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Explains the rows of a table or an array and writes files about all of them. */
final class RowsWork {
    private final ExplainOptions options;
    private final Progress progress;
    private final ExplainListener listener;

    RowsWork(ExplainOptions options, Progress progress, ExplainListener listener) {
        this.options = options;
        this.progress = progress;
        this.listener = listener;
    }

    RowResult run() {
        Path rows = options.inputs().get(0);
        Path output = options.maps().output();
        Outputs outputs = Outputs.of(options);
        for (String name : List.of("attributions.csv", "importance.csv", "attributions.npz")) {
            outputs.require(output.resolve(name));
        }
        RowResult result;
        try {
            result = ExplainOptions.isTable(rows)
                    ? new TableExplainer(options, progress, listener).run()
                    : new ArrayExplainer(options, progress, listener).run();
        } catch (IOException e) {
            throw new HoneException("explaining " + rows + " failed: " + FileErrors.reason(e), e);
        }
        warnOfZeros(result.rows());
        return result;
    }

    private void warnOfZeros(List<RowExplanation> rows) {
        List<String> notes = rows.stream()
                .map(row -> row.explanation().note())
                .filter(note -> !note.isEmpty())
                .toList();
        if (!notes.isEmpty()) {
            progress.warning("the attributions of " + notes.size() + (notes.size() == 1 ? " row" : " rows")
                    + " are zero: " + notes.get(0));
        }
    }
}
