package dev.hone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.cli.table.RowListener;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.core.text.NpzWriter;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.SamplingOptions;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.jobs.NumpyInputs;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArrayExplanationTest {
    @TempDir
    private Path folder;

    /** Scores are sums over steps of a sequence [N,3,2], the second one doubled. */
    private Path model() {
        Graph graph = new Graph("sum");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(2)));
        Ops ops = new Ops(graph);
        Value sum = ops.reduceSum(x, false, 1);
        graph.addOutput(ops.mul(sum, ops.constant(Tensor.ofFloats(new float[] {1, 2}, 1, 2))));
        Path file = folder.resolve("sum.onnx");
        OnnxWriter.write(new Model(graph), file);
        return file;
    }

    private Path array(String file, String name, float[] values, long... dims) throws IOException {
        Path path = folder.resolve(file);
        new NpzWriter().add(name, values, dims).write(path);
        return path;
    }

    private ArrayExplanation explanation(Method method, Path tokens, boolean values) {
        return new ArrayExplanation(model(), method, MethodOptions.of(SamplingOptions.defaults()), tokens, values, 0);
    }

    private static final RowListener NONE = (document, explanation, groups) -> {};

    private static RowListener into(List<Map<String, Object>> lines) {
        return (document, explanation, groups) -> lines.add(document);
    }

    private Path rows() throws IOException {
        return array("rows.npz", "x", new float[] {1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 9}, 2, 3, 2);
    }

    private Path text(String text) throws IOException {
        return Files.writeString(folder.resolve("tokens.txt"), text);
    }

    /** The model is linear, so that all of them find a step's part in the score; the baseline is zero. */
    @ParameterizedTest
    @EnumSource(
            names = {
                "GRADIENT_SHAP",
                "EXPECTED_GRADIENTS",
                "INTEGRATED_GRADIENTS",
                "INPUT_X_GRADIENT",
                "OCCLUSION",
                "KERNEL_SHAP",
                "EXACT_SHAPLEY"
            })
    void attributesSequencesStepByStep(Method method) throws IOException {
        Path baselines = array("baselines.npz", "x", new float[6], 1, 3, 2);
        List<Map<String, Object>> lines = new ArrayList<>();
        explanation(method, null, false).run(rows(), baselines, 9, 1, folder, into(lines));
        assertThat(lines).hasSize(2);
        assertThat((double[]) lines.get(0).get("attributions")).containsExactly(new double[] {4, 8, 12}, within(1e-4));
        assertThat((double[]) lines.get(1).get("attributions")).containsExactly(new double[] {0, 0, 18}, within(1e-4));
        assertThat(Files.readAllLines(folder.resolve("attributions.csv")))
                .hasSize(7)
                .contains("row,explained,score,expected,step,token,attribution,standard error")
                .anyMatch(line -> line.matches("0,1,24.0,(0.0)?,2,,(12.0|12.00000\\d|11.99999\\d),.*"));
        assertThat(folder.resolve("bars.svg")).isNotEmptyFile();
        assertThat(folder.resolve("steps-1.svg")).isNotEmptyFile();
        assertThat(folder.resolve("attributions.npz")).doesNotExist();
    }

    /** Of 50 samples Student's t is above the normal distribution's 1.96, the same for every step of a row. */
    @Test
    void errorBarsAreOfNinetyFivePercent() throws IOException {
        Graph graph = new Graph("cube");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(2)));
        Ops ops = new Ops(graph);
        Value sum = ops.reduceSum(x, false, 1);
        graph.addOutput(ops.mul(ops.mul(sum, sum), ops.mul(sum, sum)));
        Path file = folder.resolve("cube.onnx");
        OnnxWriter.write(new Model(graph), file);
        List<Map<String, Object>> lines = new ArrayList<>();
        new ArrayExplanation(file, Method.GRADIENT_SHAP, MethodOptions.of(SamplingOptions.defaults()), null, false, 0)
                .run(
                        rows(),
                        array("baselines.npz", "x", new float[12], 2, 3, 2),
                        9,
                        1,
                        folder,
                        (line, explanation, groups) -> lines.add(line));
        List<?> bars = (List<?>) lines.get(0).get("errorBars95");
        List<String> table = Files.readAllLines(folder.resolve("attributions.csv"));
        double first = 0;
        for (int step = 0; step < 3; step++) {
            double error = Double.parseDouble(table.get(1 + step).split(",", -1)[7]);
            double quantile = (double) bars.get(step) / error;
            first = step == 0 ? quantile : first;
            assertThat(error).isPositive();
            assertThat(quantile).isBetween(2.0, 4.5).isCloseTo(first, within(1e-3));
        }
    }

    @Test
    void writesTheValuesOfElements() throws IOException {
        explanation(Method.GRADIENT_SHAP, null, true).run(rows(), null, 9, 1, folder, NONE);
        try (NativeTensor written = new NumpyInputs(folder.resolve("attributions.npz")).all("attribution")) {
            assertThat(written.dims()).containsExactly(2, 3, 2);
            assertThat(written.floats()[1]).isCloseTo(4, within(1e-4f));
            assertThat(written.floats()[11]).isCloseTo(18, within(1e-4f));
        }
        explanation(Method.KERNEL_SHAP, null, true).run(rows(), null, 9, 1, folder, NONE);
        try (NativeTensor written = new NumpyInputs(folder.resolve("attributions.npz")).all("attribution")) {
            assertThat(written.dims()).containsExactly(2, 3);
        }
    }

    @Test
    void theSameArraysMakeTheSameFileWheneverTheyAreWritten() throws IOException {
        Path file = array("a.npz", "x", new float[] {1, 2}, 2);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.getEntry("x.npy").getTimeLocal()).isEqualTo("1980-01-01T00:00:00");
        }
    }

    @Test
    void namesTheTokensOfTheSteps() throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        explanation(Method.INTEGRATED_GRADIENTS, text("a  \"b,c\" <d>\nd\n"), false)
                .run(rows(), null, 9, 1, folder, into(lines));
        assertThat(lines.get(0).get("tokens")).isEqualTo(List.of("a", "\"b,c\"", "<d>"));
        assertThat(lines.get(1).get("tokens")).isEqualTo(List.of("d", "", ""));
        assertThat(Files.readString(folder.resolve("attributions.csv")))
                .contains(",1,\"\"\"b,c\"\"\",")
                .contains(",2,<d>,");
        assertThat(Files.readString(folder.resolve("bars.svg"))).contains("&lt;d&gt;", ">d<", "(no token)");
        assertThat(Files.readString(folder.resolve("steps-1.svg"))).contains("0 d", "2 (no token)");
    }

    /** The verdicts are 1 and 0, by the second and the first feature. */
    @Test
    void keepsTheClassesApartThatRowsAreExplainedFor() throws IOException {
        Path rows = array("rows.npz", "x", new float[] {0, 4, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0}, 2, 3, 2);
        List<Path> files =
                explanation(Method.EXACT_SHAPLEY, text("a b\nb a\n"), false).run(rows, null, 9, -1, folder, NONE);
        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactly("attributions.csv", "bars-0.svg", "bars-1.svg");
        // Token a has 8 of the one class and 8 (4 doubled) of the other; b has nothing of either.
        for (Path bars : files.subList(1, 3)) {
            assertThat(Files.readString(bars))
                    .contains(", 1 row<", ">8<", ">0<")
                    .doesNotContain(">4<");
        }
    }

    @Test
    void refusesTokensThatDoNotFit() throws IOException {
        Path rows = rows();
        assertThatThrownBy(
                        () -> explanation(Method.SALIENCY, text("a b\n"), false).run(rows, null, 9, 1, folder, NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("1 lines, expected one for each of the 2 sequences");
        assertThatThrownBy(() -> explanation(Method.SALIENCY, text("a b\na b c d\n"), false)
                        .run(rows, null, 9, 1, folder, NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("line 2: 4 tokens, the sequence has 3 steps");
        assertThatThrownBy(() -> explanation(Method.SALIENCY, folder.resolve("none.txt"), false)
                        .run(rows, null, 9, 1, folder, NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("none.txt: no such file");
    }

    @Test
    void namesAnArrayThatIsMissing() throws IOException {
        Path rows = array("rows.npz", "y", new float[6], 1, 3, 2);
        ArrayExplanation explanation = explanation(Method.GRADIENT_SHAP, null, false);
        assertThatThrownBy(() -> explanation.run(rows, rows, 9, 1, folder, NONE))
                .hasMessageContaining("rows.npz: there is no array 'x', the model's input, among [y]");
    }

    private void refuses(Path rows, String message) {
        ArrayExplanation explanation = explanation(Method.GRADIENT_SHAP, null, false);
        assertThatThrownBy(() -> explanation.run(rows, null, 9, 1, folder, NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining(message);
    }

    /** As many numbers in another order would be explained without a word. */
    @Test
    void refusesAxesInAnotherOrder() throws IOException {
        refuses(
                array("turned.npz", "x", new float[12], 2, 2, 3),
                "turned.npz: array 'x' is float[2,2,3], the model takes x");
        refuses(array("flat.npz", "x", new float[12], 2, 6), "flat.npz: array 'x' is float[2,6], the model takes x");
    }

    /** A file sorted by what it holds: the first three rows of it would say nothing of the others. */
    @Test
    void comparesWithRowsDrawnFromTheWholeFile() throws IOException {
        float[] values = new float[60 * 6];
        for (int row = 0; row < 60; row++) {
            Arrays.fill(values, row * 6, row * 6 + 6, row);
        }
        Path sorted = array("sorted.npz", "x", values, 60, 3, 2);
        List<Object> expected = new ArrayList<>();
        for (long seed : new long[] {1, 1, 2}) {
            MethodOptions options = MethodOptions.of(SamplingOptions.defaults().withSeed(seed));
            new ArrayExplanation(model(), Method.GRADIENT_SHAP, options, null, false, 0)
                    .run(rows(), sorted, 3, 0, folder, (line, e, groups) -> expected.add(e.expected()));
        }
        // Row r scores 3 r; two rows are explained by each seed.
        assertThat((float) expected.get(0)).isGreaterThan(3 * 10);
        assertThat(expected.get(2)).isEqualTo(expected.get(0));
        // What is compared with stays the same, so that two seeds answer one question.
        assertThat(expected.get(4)).isEqualTo(expected.get(0));
    }

    @Test
    void namesTheRowOfABaselineAsItStandsInTheFile() throws IOException {
        float[] values = new float[60];
        values[6 * 8 + 1] = Float.NaN;
        Path gap = array("gap.npz", "x", values, 10, 3, 2);
        ArrayExplanation explanation = explanation(Method.GRADIENT_SHAP, null, false);
        assertThatThrownBy(() -> explanation.run(rows(), gap, 10, 1, folder, NONE))
                .hasMessageContaining("gap.npz: array 'x' has the value NaN in row 8");
    }

    @Test
    void namesTheRowOfWhatIsNoNumber() throws IOException {
        float[] values = new float[12];
        values[7] = Float.NaN;
        refuses(array("gap.npz", "x", values, 2, 3, 2), "gap.npz: array 'x' has the value NaN in row 1");
    }

    @Test
    void refusesAnArrayCutShort() throws IOException {
        Path cut = folder.resolve("cut.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(cut))) {
            zip.putNextEntry(new ZipEntry("x.npy"));
            // NumPy's magic bytes and version, a header of 118 bytes promised and 4 there.
            zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0, '{', '\'', 'd', 'e'});
        }
        refuses(cut, "cut.npz, array x.npy ends in the middle of its header; the file is damaged");
    }

    @Test
    void aByteOrderMarkIsNoPartOfAToken() throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        explanation(Method.SALIENCY, text("\ufeffa b\r\nc\r\n"), false).run(rows(), null, 9, 1, folder, into(lines));
        assertThat(lines.get(0).get("tokens")).isEqualTo(List.of("a", "b", ""));
        assertThat(lines.get(1).get("tokens")).isEqualTo(List.of("c", "", ""));
    }

    @Test
    void refusesWhatIsForImages() throws IOException {
        for (String option : List.of("--absolute", "--format=svg", "--baselines-by=black", "--class=-1")) {
            String complaint = Commands.hone(
                            "explain", model(), rows(), "--baselines", rows(), "-o", folder.resolve("out"), option)
                    .complaint();
            assertThat(complaint).contains(option.split("=")[0]);
        }
    }

    @Test
    void countsRowsWithoutAttributions() throws IOException {
        Path baselines = array("baselines.npz", "x", new float[] {1, 2, 3, 4, 5, 6}, 1, 3, 2);
        Commands.Run run = Commands.hone("explain", model(), rows(), "--baselines", baselines, "-o", folder);
        assertThat(run.err()).contains("note: the attributions of 1 row are zero: every baseline equals the input");
    }
}
