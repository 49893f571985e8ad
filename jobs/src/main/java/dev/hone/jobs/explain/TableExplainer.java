package dev.hone.jobs.explain;

import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.explain.Attributor;
import dev.hone.explain.Explanation;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.SampledRows;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.model.FlatRows;
import dev.hone.model.InputSpec;
import dev.hone.model.ModelCard;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Explains the rows of a table by a model of its columns, such as a credit score. The attributions of a column's one-hot
 * encoded categories are added up, so that there is one number for each column.
 */
final class TableExplainer {
    private final ExplainOptions options;
    private final MethodOptions how;
    private final Progress progress;
    private final ExplainListener listener;
    private final CsvTable baselines;
    private final Model model;
    private final TableEncoding columns;
    private final TableFeatures features;

    /** @param how the method works; the contrast class is in it */
    TableExplainer(ExplainOptions options, MethodOptions how, Progress progress, ExplainListener listener) {
        this.options = options;
        this.how = how;
        this.progress = progress;
        this.listener = listener;
        this.baselines = CsvTable.read(options.baselines().baselines());
        Model read = OnnxReader.read(options.model());
        List<String> given = options.rows().columns();
        if (ModelCard.takesRows(read.metadata())) {
            if (!given.isEmpty()) {
                throw new OptionException(
                        "columns", "only for models that do not say which columns they take; " + options.model() + " does");
            }
            InputSpec.OfRow row = (InputSpec.OfRow) ModelCard.read(read.metadata()).input();
            FlatRows flat = FlatRows.of(read, row.schema());
            this.model = flat.model();
            this.columns = new ModelColumns(flat, row.schema());
        } else {
            this.model = read;
            this.columns = given.isEmpty()
                    ? EncodedColumns.of(baselines, baselines.header())
                    : EncodedColumns.parse(given, baselines);
        }
        this.features = new TableFeatures(columns, options.rows().featureGroups());
    }

    /**
     * Writes {@code attributions.csv}, {@code importance.csv} (the mean absolute attribution by class), {@code bars.svg} and
     * {@code beeswarm.svg}, and a {@code waterfall-LINE.svg} for each of the first rows. Where rows are explained for
     * different classes, whose scores are not comparable, there are {@code bars-CLASS.svg} and {@code beeswarm-CLASS.svg}
     * for each of them.
     */
    RowResult run() throws IOException {
        CsvTable rows = CsvTable.read(options.inputs().get(0));
        requireWidth();
        // All of them before the first is explained: a cell that does not fit is not found after an hour.
        List<float[]> encoded = IntStream.range(0, rows.size())
                .mapToObj(row -> columns.encode(rows, row))
                .toList();
        Method method = options.attribution().method();
        int top = options.attribution().topOfRows();
        int target = options.target().ofRows();
        List<RowExplanation> explained = new ArrayList<>();
        try (NativeTensor compared = sampledBaselines();
                Attributor attributor = method.open(model, compared, how)) {
            progress.started("explaining rows", rows.size());
            for (int row = 0; row < rows.size(); row++) {
                progress.checkCancelled();
                float[] values = encoded.get(row);
                int of = target < 0 ? attributor.predicted(values) : target;
                Explanation explanation = attributor.explain(values, of, features.groups());
                RowExplanation done = new RowExplanation(
                        rows.line(row),
                        row,
                        how.contrast(),
                        method,
                        features.names(),
                        null,
                        explanation,
                        GroupAttribution.top(explanation, features.groups(), top));
                explained.add(done);
                listener.row(done);
                progress.advanced(row + 1L);
            }
            progress.finished();
        }
        TableFiles files = new TableFiles(options.maps().output(), rows, features, how, top);
        List<RowResult.Importance> importance = files.importance(explained);
        List<Path> written = files.write(explained, importance);
        return new RowResult(explained, importance, written);
    }

    private void requireWidth() {
        Shape shape = model.graph().inputs().get(0).shape();
        if (shape == null
                || shape.rank() != 2
                || shape.dim(1).isConstant() && shape.dim(1).constant() != columns.elements().size()) {
            throw new OptionException(
                    "columns",
                    options.model() + " takes " + model.graph().inputs().get(0) + ", the columns of the table make "
                            + columns.elements().size() + " numbers: " + columns.describe()
                            + "; name the columns of the model in their order");
        }
    }

    private NativeTensor sampledBaselines() {
        int[] sampled = SampledRows.of(baselines.size(), options.baselines().baselineCount(), SampledRows.SEED);
        float[] values = new float[sampled.length * columns.elements().size()];
        for (int i = 0; i < sampled.length; i++) {
            System.arraycopy(columns.encode(baselines, sampled[i]), 0, values, i * columns.elements().size(), columns.elements().size());
        }
        return NativeTensor.ofFloats(values, sampled.length, columns.elements().size());
    }
}
