package dev.hone.jobs.explain;

import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.explain.Attributor;
import dev.hone.explain.Explanation;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.SampledRows;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.jobs.Tables;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Explains the rows of a table by a model of its columns, such as a credit score. The attributions of a column's one-hot
 * encoded categories are added up, so that there is one number for each column.
 */
final class TableExplainer {
    /** Methods whose attributions sum to a difference of scores. */
    private static final Set<Method> SUMS = EnumSet.of(
            Method.GRADIENT_SHAP,
            Method.EXPECTED_GRADIENTS,
            Method.INTEGRATED_GRADIENTS,
            Method.KERNEL_SHAP,
            Method.EXACT_SHAPLEY);

    private final ExplainOptions options;
    private final RowModel model;
    private final Method method;
    private final MethodOptions how;
    private final RowClasses classes;
    private final int target;
    private final Progress progress;
    private final ExplainListener listener;
    private final CsvTable baselines;
    private final EncodedColumns columns;
    private final TableFeatures features;

    TableExplainer(ExplainOptions options, Progress progress, ExplainListener listener) {
        this.options = options;
        this.progress = progress;
        this.listener = listener;
        this.model = RowModel.read(options.model(), options.run().session(progress));
        this.method = method(options.attribution(), model);
        this.target = options.target().ofRows(model.labels());
        int contrast = options.target().contrastOfRows(model.labels());
        this.classes = new RowClasses(model.labels(), contrast, ModelFiles.explainedName(model.model()));
        AttributionOptions attribution = options.attribution();
        this.how = attribution
                .of(method, attribution.sampling(options.run().session(progress)))
                .withContrast(contrast);
        Tables.requireRows(options.model(), options.inputs().get(0));
        this.baselines = CsvTable.read(options.baselines().baselines());
        this.columns = columns(options.rows().columns());
        this.features = new TableFeatures(columns, options.rows().featureGroups());
    }

    private static Method method(AttributionOptions attribution, RowModel model) {
        boolean encodes = model.hasNoGradients();
        Method method = attribution.method() != null
                ? attribution.method()
                : encodes ? Method.KERNEL_SHAP : Method.GRADIENT_SHAP;
        if (!SUMS.contains(method) || encodes && method.needs() != Method.Needs.OUTPUTS) {
            throw new OptionException(
                    "method",
                    method.label() + ": rows of a table are explained by methods whose attributions sum to the score"
                            + (encodes ? " and that need no gradients: " : ": ")
                            + SUMS.stream()
                                    .filter(m -> !encodes || m.needs() == Method.Needs.OUTPUTS)
                                    .map(Method::label)
                                    .collect(Collectors.joining(", ")));
        }
        return method;
    }

    private EncodedColumns columns(List<String> given) {
        if (model.schema() == null) {
            return given.isEmpty()
                    ? EncodedColumns.of(baselines, baselines.header())
                    : EncodedColumns.parse(given, baselines);
        }
        if (!given.isEmpty()) {
            throw new OptionException("columns", options.model() + " states its columns itself");
        }
        return EncodedColumns.of(model);
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
        int top = options.attribution().topOfRows();
        List<RowExplanation> explained = new ArrayList<>();
        try (NativeTensor compared = sampledBaselines();
                Attributor attributor = method.open(model.model(), compared, how)) {
            progress.started("explaining rows", rows.size());
            for (int row = 0; row < rows.size(); row++) {
                progress.checkCancelled();
                RowExplanation done = explain(attributor, encoded.get(row), rows.line(row), row, top);
                explained.add(done);
                listener.row(done);
                progress.advanced(row + 1L);
            }
            progress.finished();
        }
        TableFiles files = new TableFiles(options.maps().output(), rows, features, classes, top);
        List<RowResult.Importance> importance = files.importance(explained);
        List<Path> written = files.write(explained, importance);
        return new RowResult(explained, importance, written);
    }

    private RowExplanation explain(Attributor attributor, float[] values, int line, int row, int top) {
        int of = target < 0 ? attributor.predicted(values) : target;
        Explanation explanation = attributor.explain(values, of, features.groups());
        return new RowExplanation(
                line,
                row,
                classes,
                method,
                features.names(),
                null,
                explanation,
                GroupAttribution.top(explanation, features.groups(), top));
    }

    private void requireWidth() {
        Value input = model.model().graph().inputs().get(0);
        Shape shape = input.shape();
        if (shape == null
                || shape.rank() != 2
                || shape.dim(1).isConstant() && shape.dim(1).constant() != columns.width()) {
            throw new OptionException(
                    "columns",
                    options.model() + " takes " + input + ", the columns of the table make " + columns.width()
                            + " numbers: " + columns.describe() + "; name the columns of the model in their order");
        }
    }

    private NativeTensor sampledBaselines() {
        int[] sampled = SampledRows.of(baselines.size(), options.baselines().baselineCount(), SampledRows.SEED);
        float[] values = new float[sampled.length * columns.width()];
        for (int i = 0; i < sampled.length; i++) {
            System.arraycopy(columns.encode(baselines, sampled[i]), 0, values, i * columns.width(), columns.width());
        }
        return NativeTensor.ofFloats(values, sampled.length, columns.width());
    }
}
