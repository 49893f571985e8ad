package dev.hone.cli;

import dev.hone.explain.ExplainOptions;
import dev.hone.explain.Explanation;
import dev.hone.explain.GradientShap;
import dev.hone.explain.plot.FeaturePlots;
import dev.hone.graph.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.file.WholeFile;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Explains rows of a NumPy array [N,...], such as sequences of embeddings: {@code attributions.npz} has the arrays {@code
 * attribution} and {@code standard_error} [N,...] and {@code target}, {@code score} and {@code expected} [N]; {@code
 * bars.svg} shows which steps of the sequence, or which features of a row, matter.
 */
final class ArrayExplanation {
    private final Path file;
    private final ExplainOptions options;

    ArrayExplanation(Path file, ExplainOptions options) {
        this.file = file;
        this.options = options;
    }

    /**
     * @param count how many rows of the baselines are used, the first ones
     * @param target index of the class, -1 for the one of the highest score in each row
     */
    List<Path> run(Path inputs, Path compared, int count, int target, Path folder, Consumer<Map<String, Object>> each)
            throws IOException {
        Model model = OnnxReader.read(file);
        String input = model.graph().inputs().get(0).name();
        try (NativeTensor rows = floats(inputs, input, Integer.MAX_VALUE);
                NativeTensor baselines = floats(compared, input, count);
                GradientShap shap = GradientShap.open(model, baselines, options)) {
            long[] dims = rows.dims();
            int number = Math.toIntExact(dims[0]);
            float[] all = rows.floats();
            int length = all.length / number;
            float[] attribution = new float[all.length];
            float[] standardError = new float[all.length];
            float[] targets = new float[number];
            float[] scores = new float[number];
            float[] expected = new float[number];
            int steps = Math.toIntExact(dims[1]);
            double[] importance = new double[steps];
            for (int row = 0; row < number; row++) {
                float[] values = java.util.Arrays.copyOfRange(all, row * length, (row + 1) * length);
                Explanation e = target < 0 ? shap.explain(values) : shap.explain(values, target);
                System.arraycopy(e.attribution(), 0, attribution, row * length, length);
                System.arraycopy(e.standardError(), 0, standardError, row * length, length);
                targets[row] = e.target();
                scores[row] = e.score();
                expected[row] = e.expected();
                double[] byStep = new double[steps];
                for (int i = 0; i < length; i++) {
                    byStep[i / (length / steps)] += e.attribution()[i];
                }
                for (int step = 0; step < steps; step++) {
                    importance[step] += Math.abs(byStep[step]) / number;
                }
                each.accept(json(row, e, byStep));
            }
            new NumpyOutput()
                    .add("attribution", attribution, dims)
                    .add("standard_error", standardError, dims)
                    .add("target", targets, number)
                    .add("score", scores, number)
                    .add("expected", expected, number)
                    .write(folder.resolve("attributions.npz"));
            String what = dims.length > 2 ? "step " : "feature ";
            List<String> names =
                    IntStream.range(0, steps).mapToObj(step -> what + step).toList();
            String svg = FeaturePlots.bars("mean absolute attribution over " + number + " rows", names, importance);
            WholeFile.write(folder.resolve("bars.svg"), out -> out.write(svg.getBytes(StandardCharsets.UTF_8)));
            return List.of(folder.resolve("attributions.npz"), folder.resolve("bars.svg"));
        }
    }

    private static Map<String, Object> json(int row, Explanation e, double[] byStep) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("row", row);
        document.put("explained", e.target());
        document.put("score", e.score());
        document.put("expected", e.expected());
        document.put("samples", e.samples());
        document.put("relativeError", Json.round(e.relativeError(), 6));
        document.put("additivityError", Json.round(e.additivityError(), 6));
        document.put("attributions", byStep);
        return document;
    }

    private static NativeTensor floats(Path file, String input, int most) throws IOException {
        NativeTensor tensor = new NumpyInputs(file).first(input, most);
        if (tensor.type() != 1 || tensor.dims().length < 2) {
            throw new HoneException(
                    file + ": array '" + input + "' is " + tensor + ", expected float32 [N,...] as the model takes it");
        }
        return tensor;
    }
}
