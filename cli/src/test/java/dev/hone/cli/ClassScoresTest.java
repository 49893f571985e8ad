package dev.hone.cli;

import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.core.ElementType;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forms of class scores that models of others have, from an image of one colour whose scores are known. */
class ClassScoresTest {
    private static final double[] COLOUR = {0.8, 0.2, 0.4};

    @TempDir
    private Path folder;

    private Path image;

    @BeforeEach
    void draw() {
        image = EvenImage.in(folder, COLOUR);
    }

    /** @param end makes the output from the means of the colours [N,3,1,1] */
    private Path model(Dim batch, ElementType type, BiFunction<Ops, Value, Value> end) {
        Graph graph = new Graph("means");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", type, Shape.of(batch, Dim.of(3), Dim.of(8), Dim.of(8)));
        Value floats = type == ElementType.FLOAT ? x : ops.cast(x, ElementType.FLOAT);
        Value y = end.apply(ops, ops.op("GlobalAveragePool", floats));
        y.setName("y");
        graph.addOutput(y);
        Path file = folder.resolve("means.onnx");
        OnnxWriter.write(new Model(graph), file);
        return file;
    }

    private Path model(BiFunction<Ops, Value, Value> end) {
        return model(Dim.symbol("N"), ElementType.FLOAT, end);
    }

    /** The score z = 3 red - green - 0.5 [N,1,1,1]. */
    private static Value score(Ops ops, Value means) {
        Value weights = ops.constant(Tensor.ofFloats(new float[] {3, -1, 0}, 1, 3, 1, 1));
        return ops.add(ops.op("Conv", means, weights), -0.5);
    }

    private static final double SCORE = 3 * 0.8 - 0.2 - 0.5;

    private static Value flat(Ops ops, Value value) {
        return ops.op("Flatten", value);
    }

    private JsonNode predict(Path file) throws IOException {
        return hone("predict", file, image, "--pixels", "unit").document();
    }

    private JsonNode explain(Path file, String method, Object... more) throws IOException {
        return Commands.explainForeign(file, image, method, folder.resolve("maps"), more);
    }

    private static Map<String, BiFunction<Ops, Value, Value>> sigmoids() {
        Map<String, BiFunction<Ops, Value, Value>> forms = new LinkedHashMap<>();
        forms.put("[N,1]", (ops, m) -> ops.op("Sigmoid", flat(ops, score(ops, m))));
        forms.put("[N]", (ops, m) -> ops.squeeze(ops.op("Sigmoid", flat(ops, score(ops, m))), 1));
        forms.put("[N] first", (ops, m) -> ops.op("Sigmoid", ops.reshape(score(ops, m), -1)));
        forms.put("[N,1,1,1]", (ops, m) -> ops.op("Sigmoid", score(ops, m)));
        return forms;
    }

    @Test
    void oneScoreBehindASigmoidIsTheProbabilityOfTheSecondOfTwoClasses() throws IOException {
        double p = 1 / (1 + Math.exp(-SCORE));
        for (Dim batch : List.of(Dim.symbol("N"), Dim.ONE, Dim.of(4))) {
            for (Map.Entry<String, BiFunction<Ops, Value, Value>> form :
                    sigmoids().entrySet()) {
                String which = form.getKey() + " of " + batch;
                Path file = model(batch, ElementType.FLOAT, form.getValue());
                JsonNode line = predict(file);
                assertThat(line.get("class").asText()).as(which).isEqualTo("1");
                assertThat(line.get("probabilities").get("1").asDouble())
                        .as(which)
                        .isCloseTo(p, Offset.offset(2e-6));
                assertThat(line.get("probabilities").get("0").asDouble())
                        .as(which)
                        .isCloseTo(1 - p, Offset.offset(2e-6));
                for (String method : List.of("gradient-shap", "occlusion")) {
                    assertThat(explain(file, method).get("score").asDouble())
                            .as(which)
                            .isCloseTo(SCORE, Offset.offset(1e-5));
                    assertThat(explain(file, method, "--classes", "0")
                                    .get("score")
                                    .asDouble())
                            .as(which)
                            .isCloseTo(-SCORE, Offset.offset(1e-5));
                }
            }
        }
    }

    /** Here the single image has no axis of its own. */
    @Test
    void aNumberIsTheScoreOfTheOneImageThatTheModelTakes() throws IOException {
        Path file = model(
                Dim.ONE, ElementType.FLOAT, (ops, m) -> ops.squeeze(ops.op("Sigmoid", score(ops, m)), 0, 1, 2, 3));
        assertThat(predict(file).get("probability").asDouble())
                .isCloseTo(1 / (1 + Math.exp(-SCORE)), Offset.offset(2e-6));
    }

    /** As ONNX Runtime's tools quantize such models: the probability itself is rounded. */
    @Test
    void aProbabilityMayBeRounded() throws IOException {
        Path file = model((ops, m) -> {
            Value scale = ops.constant(1 / 256f);
            Value zero = ops.constant(Tensor.ofBytes(ElementType.UINT8, new byte[] {0}));
            Value p = ops.op("Sigmoid", flat(ops, score(ops, m)));
            return ops.op("DequantizeLinear", ops.op("QuantizeLinear", p, scale, zero), scale, zero);
        });
        double p = Math.rint(256 / (1 + Math.exp(-SCORE))) / 256;
        assertThat(predict(file).get("probabilities").get("1").asDouble()).isCloseTo(p, Offset.offset(1e-6));
        // What is explained is the logit behind it.
        assertThat(explain(file, "occlusion", "--classes", "0").get("score").asDouble())
                .isCloseTo(-SCORE, Offset.offset(1e-5));
    }

    /** A softmax before a change of shape is not repeated. */
    @Test
    void scoresOfConvolutionsAreFlattened() throws IOException {
        double[] e = {Math.exp(0.8), Math.exp(0.2), Math.exp(0.4)};
        Map<String, BiFunction<Ops, Value, Value>> forms = new LinkedHashMap<>();
        forms.put("[N,3,1,1]", (ops, m) -> ops.op("Identity", m));
        forms.put("softmax [N,3,1,1]", (ops, m) -> ops.op("Softmax", Map.of("axis", 1L), m));
        forms.put("softmax [N,3,1,1], flat", (ops, m) -> flat(ops, ops.op("Softmax", Map.of("axis", 1L), m)));
        forms.put(
                "softmax [N,1,1,3], back",
                (ops, m) -> ops.transpose(ops.op("Softmax", ops.transpose(m, 0, 2, 3, 1)), 0, 3, 1, 2));
        for (Map.Entry<String, BiFunction<Ops, Value, Value>> form : forms.entrySet()) {
            Path file = model(form.getValue());
            JsonNode line = predict(file);
            for (int c = 0; c < 3; c++) {
                assertThat(line.get("probabilities").get("" + c).asDouble())
                        .as(form.getKey())
                        .isCloseTo(e[c] / (e[0] + e[1] + e[2]), Offset.offset(2e-6));
            }
            for (String method : List.of("gradient-shap", "occlusion")) {
                assertThat(explain(file, method).get("score").asDouble())
                        .as(form.getKey())
                        .isCloseTo(0.8, Offset.offset(1e-6));
            }
        }
    }

    @Test
    void whatIsNoScoreOfAClassIsRefused() {
        Path raw = model((ops, m) -> flat(ops, score(ops, m)));
        assertThat(hone("predict", raw, image).complaint())
                .contains("means.onnx: output y: float[N,1] is one score without a Sigmoid", "end the model in");
        Path map = model((ops, m) -> ops.op("Sigmoid", graphInput(ops)));
        assertThat(hone("predict", map, image).complaint())
                .contains("y: float[N,3,8,8] is no list of class scores", "[N,K,1,1]", "[N,1] behind a Sigmoid");
        Path one = model(Dim.ONE, ElementType.FLOAT, (ops, m) -> ops.op("Sigmoid", ops.reshape(m, 3)));
        assertThat(hone("predict", one, image).complaint()).contains("y: float[3] is no list of class scores");
    }

    private static Value graphInput(Ops ops) {
        return ops.graph().inputs().get(0);
    }

    @Test
    void bytesArePredictedButNotExplained() throws IOException {
        Path file = model(Dim.symbol("N"), ElementType.UINT8, ClassScoresTest::flat);
        assertThat(predict(file).get("class").asText()).isEqualTo("0");
        assertThat(hone("explain", file, image, "--baselines-by", "black", "-o", folder.resolve("maps"))
                        .complaint())
                .contains("means.onnx: input x takes uint8", "float input of 0 to 255", "pixels are bytes");
    }

    @Test
    void twoClassesAreJudgedAndTheQuantizedFileKeepsItsOneOutput() throws IOException {
        Path split = folder.resolve("two.csv");
        StringBuilder lines = new StringBuilder("path,label,split\n");
        try (Stream<Path> files = Files.walk(data())) {
            files.filter(f -> data().relativize(f).toString().matches("(train|val|test).(good|stain).*png"))
                    .sorted()
                    .forEach(f -> lines.append(f)
                            .append(f.toString().contains("stain") ? ",stain," : ",good,")
                            .append(data().relativize(f).getName(0))
                            .append('\n'));
        }
        Files.writeString(split, lines);
        Path file = model((ops, m) -> {
            Value weights = ops.constant(Tensor.ofFloats(new float[] {3, -1, 0}, 1, 3, 1, 1));
            return ops.op("Sigmoid", flat(ops, ops.op("GlobalAveragePool", ops.op("Conv", graphInput(ops), weights))));
        });
        Run judged = hone("evaluate", file, split, "--pixels", "unit", "--json");
        assertThat(judged.exit()).as(judged.err()).isZero();
        JsonNode confusion = new ObjectMapper().readTree(judged.out()).at("/model/confusion");
        // The score is above 0, so that all are of the second class.
        assertThat(confusion.toString()).isEqualTo("[[0,4],[0,4]]");
        Path out = folder.resolve("int8.onnx");
        Run quantized = hone(
                "quantize",
                file,
                "--calibrate",
                split,
                "-o",
                out,
                "--pixels",
                "unit",
                "--plan",
                "all",
                "--images",
                8,
                "--max-drop",
                1);
        assertThat(quantized.exit()).as(quantized.err()).isZero();
        assertThat(quantized.out()).contains("goal met");
        List<Value> outputs = OnnxReader.read(out).graph().outputs();
        assertThat(outputs.toString()).isEqualTo("[y: float[N,1]]");
    }
}
