package dev.hone.jobs.explain;

import dev.hone.core.Progress;
import dev.hone.explain.Attributor;
import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Explains rows of a NumPy array [N,steps,...], such as sequences of embeddings, step by step: a step's attribution is the
 * sum over its elements, with the error of that sum. Rows of [N,F] have a feature for each step.
 */
final class ArrayExplainer {
    private static final String PADDING = "(no token)";

    private final ExplainOptions options;
    private final MethodOptions how;
    private final Progress progress;
    private final ExplainListener listener;

    ArrayExplainer(ExplainOptions options, Progress progress, ExplainListener listener) {
        AttributionOptions attribution = options.attribution();
        this.options = options;
        this.how = attribution
                .of(
                        attribution.methodOrDefault(),
                        attribution.sampling(options.run().session(progress)))
                .withContrast(options.target().contrastOfRows(List.of()));
        this.progress = progress;
        this.listener = listener;
    }

    /**
     * Writes {@code attributions.csv}, a line for each step of each row; {@code bars.svg}, which steps, or tokens, matter
     * over all rows, or a {@code bars-CLASS.svg} for each class where rows are explained for different ones; a {@code
     * steps-ROW.svg} for each of the first rows; and, where values are asked for, {@code attributions.npz}: {@code
     * attribution} and {@code standard_error} in the shape of the rows [N,...], of methods that know steps only [N,steps],
     * and {@code target}, {@code score} and {@code expected} [N].
     */
    RowResult run() throws IOException {
        Path inputs = options.inputs().get(0);
        Path baselines = options.baselines().baselines();
        Method method = options.attribution().methodOrDefault();
        Model model = ModelFiles.explained(
                options.model(),
                ModelFiles.read(options.model()),
                false,
                null,
                options.run().session(progress));
        Value input = model.graph().inputs().get(0);
        try (NativeTensor rows = ArrayRows.all(inputs, input);
                NativeTensor compared = baselines == null
                        ? zero(rows)
                        : ArrayRows.sampled(
                                baselines, input, options.baselines().baselineCount());
                Attributor attributor = method.open(model, compared, how)) {
            return explain(rows, attributor, method, ModelFiles.explainedName(model));
        }
    }

    /** @param output what the model gives for a class */
    private RowResult explain(NativeTensor rows, Attributor attributor, Method method, String output)
            throws IOException {
        long[] dims = rows.dims();
        int number = Math.toIntExact(dims[0]);
        int steps = Math.toIntExact(dims[1]);
        Path tokenFile = options.rows().tokens();
        Tokens tokens = tokenFile == null ? null : new Tokens(tokenFile, number, steps);
        float[] all = rows.floats();
        int length = all.length / number;
        String step = dims.length > 2 ? "step " : "feature ";
        int top = options.attribution().topOfRows();
        int target = options.target().ofRows(List.of());
        RowClasses classes = new RowClasses(List.of(), how.contrast(), output);
        boolean values = options.maps().values();
        List<RowExplanation> explained = new ArrayList<>();
        List<Explanation> byElement = new ArrayList<>();
        progress.started("explaining rows", number);
        for (int row = 0; row < number; row++) {
            progress.checkCancelled();
            float[] one = Arrays.copyOfRange(all, row * length, (row + 1) * length);
            int of = target < 0 ? attributor.predicted(one) : target;
            List<String> words = names(tokens, row, steps);
            Groups groups = steps(labels(words, steps, step), length / steps);
            Explanation explanation = attributor.explain(one, of, groups);
            if (values) {
                boolean elements = length != steps && !usesCoalitions(method);
                byElement.add(elements ? attributor.explain(one, of) : explanation);
            }
            RowExplanation done = new RowExplanation(
                    0, row, classes, method, null, words, explanation, GroupAttribution.top(explanation, groups, top));
            explained.add(done);
            listener.row(done);
            progress.advanced(row + 1L);
        }
        progress.finished();
        List<Path> files = new ArrayFiles(options.maps().output(), classes, step, top).write(explained);
        if (values) {
            files.add(ArrayFiles.writeValues(options.maps().output(), byElement));
        }
        return new RowResult(explained, List.of(), files);
    }

    /** Whether single elements would be too many for it. */
    private static boolean usesCoalitions(Method method) {
        return method == Method.KERNEL_SHAP || method == Method.EXACT_SHAPLEY;
    }

    /** The elements of a step belong together. */
    private static Groups steps(List<String> labels, int each) {
        return Groups.named(IntStream.range(0, labels.size() * each)
                .mapToObj(i -> labels.get(i / each))
                .toList());
    }

    private static NativeTensor zero(NativeTensor rows) {
        long[] dims = rows.dims();
        dims[0] = 1;
        return NativeTensor.allocate(rows.type(), dims);
    }

    /** Null where there are no tokens. */
    private static List<String> names(Tokens tokens, int row, int steps) {
        return tokens == null
                ? null
                : IntStream.range(0, steps)
                        .mapToObj(step -> tokens.of(row, step))
                        .toList();
    }

    /** {@code 3 pump}, or without tokens {@code step 3}. */
    static List<String> labels(List<String> tokens, int steps, String step) {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            labels.add(tokens == null ? step + i : i + " " + shown(tokens.get(i)));
        }
        return labels;
    }

    static String shown(String token) {
        return token.isEmpty() ? PADDING : token;
    }
}
