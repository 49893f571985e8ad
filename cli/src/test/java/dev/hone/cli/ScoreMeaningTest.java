package dev.hone.cli;

import static dev.hone.cli.Commands.hone;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.core.ElementType;
import dev.hone.core.text.Csv;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a model gives logits or probabilities is found by what it does, not by the name of its last operator. */
class ScoreMeaningTest {
    private static final double[] COLOUR = {0.8, 0.2, 0.4};

    @TempDir
    private Path folder;

    private Path image;

    @BeforeEach
    void draw() {
        image = EvenImage.in(folder, COLOUR);
    }

    /** @param end makes the output from logits [N,3]: four times the mean of each colour */
    private Path model(BiFunction<Ops, Value, Value> end) {
        Graph graph = new Graph("means");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(8), Dim.of(8)));
        Value logits = ops.mul(ops.op("Flatten", ops.op("GlobalAveragePool", x)), 4);
        Value y = end.apply(ops, logits);
        y.setName("y");
        graph.addOutput(y);
        Path file = folder.resolve("means.onnx");
        OnnxWriter.write(new Model(graph), file);
        return file;
    }

    private static double logit(int k) {
        return 4 * COLOUR[k];
    }

    private static double[] softmax(double factor) {
        double[] p = new double[3];
        double sum = 0;
        for (int k = 0; k < 3; k++) {
            p[k] = Math.exp(factor * logit(k));
            sum += p[k];
        }
        for (int k = 0; k < 3; k++) {
            p[k] /= sum;
        }
        return p;
    }

    private JsonNode predict(Path file) throws IOException {
        return hone("predict", file, image, "--pixels", "unit").document();
    }

    private String meaning(Path file) throws IOException {
        return hone("show", file, "--json").document().at("/scores/meaning").asText();
    }

    private void check(String which, Path file, double[] expected) throws IOException {
        JsonNode line = predict(file);
        for (int k = 0; k < expected.length; k++) {
            assertThat(line.get("probabilities").get("" + k).asDouble())
                    .as(which)
                    .isCloseTo(expected[k], Offset.offset(1e-3));
        }
        Path csv = folder.resolve("predictions.csv");
        Run run = hone("predict", file, image, "--pixels", "unit", "--csv", csv);
        assertThat(run.exit()).as(which + ": " + run.err()).isZero();
        List<Csv.Row> rows = Csv.read(csv);
        assertThat(rows.get(0).cells()).as(which).hasSize(5 + expected.length);
        for (int k = 0; k < expected.length; k++) {
            assertThat(rows.get(0).cells().get(4 + k)).isEqualTo("p_" + k);
            assertThat(Double.parseDouble(rows.get(1).cells().get(4 + k)))
                    .as(which)
                    .isCloseTo(expected[k], Offset.offset(1e-3));
        }
    }

    private static Value softmax(Ops ops, Value x) {
        return ops.op("Softmax", Map.of("axis", 1L), x);
    }

    private static Value byHand(Ops ops, Value x) {
        Value axis = ops.vector(1);
        Value e = ops.op("Exp", ops.sub(x, ops.op("ReduceMax", x, axis)));
        return ops.div(e, ops.op("ReduceSum", e, axis));
    }

    private static Map<String, BiFunction<Ops, Value, Value>> softmaxes() {
        Map<String, BiFunction<Ops, Value, Value>> ends = new LinkedHashMap<>();
        ends.put("cast", (ops, x) -> ops.cast(softmax(ops, ops.cast(x, ElementType.FLOAT16)), ElementType.FLOAT));
        ends.put("half output", (ops, x) -> softmax(ops, ops.cast(x, ElementType.FLOAT16)));
        ends.put("double output", (ops, x) -> softmax(ops, ops.cast(x, ElementType.DOUBLE)));
        ends.put("clip", (ops, x) -> ops.op("Clip", softmax(ops, x), ops.constant(1e-7f), ops.constant(1 - 1e-7f)));
        ends.put("by hand", ScoreMeaningTest::byHand);
        ends.put("by hand, clip", (ops, x) -> ops.op("Clip", byHand(ops, x), ops.constant(1e-7f)));
        ends.put("dropout", (ops, x) -> ops.op("Dropout", softmax(ops, x)));
        ends.put("exp of log", (ops, x) -> ops.op("Exp", ops.op("LogSoftmax", Map.of("axis", 1L), x)));
        ends.put("log", (ops, x) -> ops.op("LogSoftmax", Map.of("axis", 1L), x));
        ends.put("log by hand", (ops, x) -> ops.sub(x, ops.op("ReduceLogSumExp", x, ops.vector(1))));
        ends.put("reshape", (ops, x) -> ops.reshape(softmax(ops, x), -1, 3));
        ends.put("percent", (ops, x) -> ops.mul(softmax(ops, x), 100));
        ends.put("logits", (ops, x) -> ops.op("Identity", x));
        ends.put("rounded", (ops, x) -> {
            Value scale = ops.constant(1 / 4096f);
            Value zero = ops.constant(Tensor.of(ElementType.UINT16, new long[0], new byte[2]));
            Value q = ops.op("QuantizeLinear", softmax(ops, x), scale, zero);
            return ops.op("DequantizeLinear", q, scale, zero);
        });
        return ends;
    }

    @Test
    void aSoftmaxIsTakenForWhatItIsHoweverItIsWritten() throws IOException {
        for (Map.Entry<String, BiFunction<Ops, Value, Value>> end : softmaxes().entrySet()) {
            Path file = model(end.getValue());
            check(end.getKey(), file, softmax(1));
            JsonNode explained = Commands.explainForeign(file, image, "gradient-shap", folder.resolve("maps"));
            assertThat(explained.get("score").asDouble()).as(end.getKey()).isCloseTo(logit(0), Offset.offset(4e-3));
        }
    }

    /** Here the logits are those of the Softmax: divided by 2. */
    @Test
    void aTemperatureBelongsToTheLogits() throws IOException {
        Path file = model((ops, x) -> softmax(ops, ops.div(x, ops.constant(2f))));
        check("temperature", file, softmax(0.5));
        assertThat(Commands.explainForeign(file, image, "gradient-shap", folder.resolve("maps"))
                        .get("score")
                        .asDouble())
                .isCloseTo(logit(0) / 2, Offset.offset(1e-5));
    }

    /** A sum of 1 and no logits: what is explained is the probability. */
    @Test
    void probabilitiesWithoutLogitsAreExplainedThemselves() throws IOException {
        Map<String, BiFunction<Ops, Value, Value>> ends = new LinkedHashMap<>();
        ends.put("mean of two", (ops, x) -> ops.mul(ops.add(softmax(ops, x), softmax(ops, ops.mul(x, 0.5))), 0.5));
        ends.put("shares", (ops, x) -> {
            Value positive = ops.op("Softplus", x);
            return ops.div(positive, ops.op("ReduceSum", positive, ops.vector(1)));
        });
        for (Map.Entry<String, BiFunction<Ops, Value, Value>> end : ends.entrySet()) {
            Path file = model(end.getValue());
            assertThat(meaning(file)).isEqualTo("probabilities");
            double p = predict(file).get("probability").asDouble();
            assertThat(p).isBetween(0.4, 0.9);
            assertThat(Commands.explainForeign(file, image, "gradient-shap", folder.resolve("maps"))
                            .get("score")
                            .asDouble())
                    .isCloseTo(p, Offset.offset(1e-5));
        }
    }

    @Test
    void sigmoidsOfSeveralClassesAreNoDistribution() throws IOException {
        double[] expected = new double[3];
        for (int k = 0; k < 3; k++) {
            expected[k] = 1 / (1 + Math.exp(-logit(k)));
        }
        Map<String, BiFunction<Ops, Value, Value>> ends = new LinkedHashMap<>();
        ends.put("Sigmoid", (ops, x) -> ops.op("Sigmoid", x));
        ends.put("by hand", (ops, x) -> ops.op("Reciprocal", ops.add(ops.op("Exp", ops.neg(x)), 1)));
        for (Map.Entry<String, BiFunction<Ops, Value, Value>> end : ends.entrySet()) {
            Path file = model(end.getValue());
            check(end.getKey(), file, expected);
            assertThat(meaning(file)).isEqualTo("independent-probabilities");
            assertThat(hone("predict", file, image).err()).contains("need not sum to 1");
            assertThat(Commands.explainForeign(file, image, "gradient-shap", folder.resolve("maps"))
                            .get("score")
                            .asDouble())
                    .isCloseTo(logit(0), Offset.offset(1e-5));
        }
    }

    /** Between 0 and 1 for every input, but neither summing to 1 nor a sigmoid. */
    @Test
    void logitsMayLieBetween0And1() throws IOException {
        Path file = model((ops, x) -> ops.add(ops.mul(ops.op("Tanh", x), 0.2), 0.5));
        double[] y = new double[3];
        double sum = 0;
        for (int k = 0; k < 3; k++) {
            y[k] = Math.exp(0.5 + 0.2 * Math.tanh(logit(k)));
            sum += y[k];
        }
        for (int k = 0; k < 3; k++) {
            y[k] /= sum;
        }
        check("tanh", file, y);
        assertThat(meaning(file)).isEqualTo("logits");
    }

    @Test
    void oneProbabilityIsThatOfTheSecondClassHoweverItIsWritten() throws IOException {
        Map<String, BiFunction<Ops, Value, Value>> ends = new LinkedHashMap<>();
        ends.put(
                "clip",
                (ops, x) ->
                        ops.op("Clip", ops.op("Sigmoid", first(ops, x)), ops.constant(1e-7f), ops.constant(1 - 1e-7f)));
        ends.put("by hand", (ops, x) -> ops.op("Reciprocal", ops.add(ops.op("Exp", ops.neg(first(ops, x))), 1)));
        ends.put("of two", (ops, x) -> {
            Value z = first(ops, x);
            Value both = softmax(ops, ops.concat(1, List.of(ops.mul(z, 0), z)));
            return ops.slice(both, 1, 1, 2, 1);
        });
        ends.put("both", (ops, x) -> {
            Value p = ops.op("Sigmoid", first(ops, x));
            return ops.concat(1, List.of(ops.add(ops.neg(p), 1), p));
        });
        double p = 1 / (1 + Math.exp(-logit(0)));
        for (Map.Entry<String, BiFunction<Ops, Value, Value>> end : ends.entrySet()) {
            Path file = model(end.getValue());
            check(end.getKey(), file, new double[] {1 - p, p});
        }
    }

    private static Value first(Ops ops, Value x) {
        return ops.slice(x, 1, 0, 1, 1);
    }

    @Test
    void whatIsNoDistributionOverTheClassesIsRefused() {
        assertThat(hone("predict", model((ops, x) -> ops.op("Softmax", Map.of("axis", 0L), x)), image)
                        .complaint())
                .contains("works over axis 0", "not that of the classes");
        assertThat(hone("predict", model((ops, x) -> ops.op("ArgMax", Map.of("axis", 1L, "keepdims", 0L), x)), image)
                        .complaint())
                .contains("y: int64[N]", "class numbers (ArgMax)", "export the scores");
    }

    /** Sorted scores are those of other classes for each image. */
    @Test
    void theLargestScoresInTheirOrderAreRefused() throws IOException {
        Map<String, BiFunction<Ops, Value, Value>> ends = new LinkedHashMap<>();
        ends.put("probabilities", (ops, x) -> largest(ops, softmax(ops, x)));
        ends.put("of logits", (ops, x) -> softmax(ops, largest(ops, x)));
        ends.put("logits", (ops, x) -> ops.reshape(largest(ops, x), -1, 3));
        for (Map.Entry<String, BiFunction<Ops, Value, Value>> end : ends.entrySet()) {
            assertThat(hone("predict", model(end.getValue()), image).complaint())
                    .as(end.getKey())
                    .contains("(TopK)", "export the scores that it chooses from");
        }
        Path file = model((ops, x) -> softmax(ops, x));
        Model several = OnnxReader.read(file);
        Graph graph = several.graph();
        Value p = graph.outputs().get(0);
        Value top = largest(new Ops(graph), p);
        top.setName("top");
        graph.setOutput(0, top);
        graph.addOutput(p);
        OnnxWriter.write(several, file);
        check("behind the largest", file, softmax(1));
    }

    private static Value largest(Ops ops, Value x) {
        return ops.node("", "TopK", Map.of(), 2, x, ops.vector(3)).output(0);
    }

    /** A detector's or a segmenter's class 0 may be the background, of which nobody asks. */
    @Test
    void aPartOfTheProbabilitiesStaysWhatItIs() throws IOException {
        double[] all = softmax(1);
        Map<String, BiFunction<Ops, Value, Value>> ends = new LinkedHashMap<>();
        ends.put("Slice", (ops, x) -> ops.slice(softmax(ops, x), 1, 1, 3, 1));
        ends.put("Gather", (ops, x) -> ops.op("Gather", Map.of("axis", 1L), softmax(ops, x), ops.vector(1, 2)));
        ends.put("Split", (ops, x) -> ops.node("", "Split", Map.of("axis", 1L), 2, softmax(ops, x), ops.vector(1, 2))
                .output(1));
        for (Map.Entry<String, BiFunction<Ops, Value, Value>> end : ends.entrySet()) {
            Path file = model(end.getValue());
            check(end.getKey(), file, new double[] {all[1], all[2]});
            assertThat(meaning(file)).isEqualTo("independent-probabilities");
        }
    }

    @Test
    void theScoresAreReadWhereverTheyStand() throws IOException {
        Path file = model((ops, x) -> softmax(ops, x));
        Model several = OnnxReader.read(file);
        Graph graph = several.graph();
        Ops ops = new Ops(graph);
        Value p = graph.outputs().get(0);
        Value label = ops.op("ArgMax", Map.of("axis", 1L, "keepdims", 0L), p);
        label.setName("label");
        Value features = ops.op("Concat", Map.of("axis", 1L), p, p, p);
        features.setName("features");
        graph.setOutput(0, label);
        graph.addOutput(features);
        graph.addOutput(p);
        OnnxWriter.write(several, file);
        check("behind a label and features", file, softmax(1));
    }

    /** What is known of a model is written into what is made of it, where rounding could hide it. */
    @Test
    void aQuantizedModelStatesWhatItsScoresMean() throws IOException {
        Path file = model(ScoreMeaningTest::byHand);
        Path half = folder.resolve("half.onnx");
        Run run = hone("quantize", file, "--method", "fp16", "--pixels", "unit", "-o", half);
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode stored =
                new ObjectMapper().readTree(OnnxReader.read(half).metadata().get("hone.scores"));
        assertThat(stored.get("output").asText()).isEqualTo("y");
        assertThat(stored.get("meaning").asText()).isEqualTo("probabilities");
        assertThat(stored.get("reason").asText()).contains("sum of 1");
        check("half", half, softmax(1));
        JsonNode explained = Commands.explainForeign(half, image, "gradient-shap", folder.resolve("maps"));
        assertThat(explained.get("score").asDouble()).isCloseTo(logit(0), Offset.offset(1e-2));
        assertThat(hone("show", half).out()).contains("read from 'y': probabilities (");
    }

    @Test
    void damagedMetadataAreNamed() {
        Path file = model((ops, x) -> softmax(ops, x));
        Model changed = OnnxReader.read(file);
        for (String text : new String[] {"{", "{\"output\": \"y\", \"meaning\": \"x\"}", "{\"meaning\": \"logits\"}"}) {
            changed.metadata().put("hone.scores", text);
            OnnxWriter.write(changed, file);
            assertThat(hone("predict", file, image).complaint()).contains("means.onnx", "'hone.scores'");
        }
        changed.metadata().put("hone.scores", "{\"output\": \"z\", \"meaning\": \"logits\"}");
        OnnxWriter.write(changed, file);
        assertThat(hone("predict", file, image).complaint()).contains("names the output 'z'", "[y]");
    }
}
