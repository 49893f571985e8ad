package dev.hone.jobs.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.core.option.OptionException;
import dev.hone.core.text.NpzWriter;
import dev.hone.explain.Method;
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

class ArrayExplainerTest {
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

    /** Explains class 1. @param baselines null for zeros */
    private Rows explanation(Method method, Path rows, Path baselines) throws IOException {
        Path compared = baselines != null ? baselines : array("zeros.npz", "x", new float[6], 1, 3, 2);
        return new Rows(model(), compared, rows, folder)
                .with("method", method.label())
                .with("classes", List.of("1"));
    }

    @SuppressWarnings("unchecked")
    private static double[] numbers(Map<String, Object> line, String name) {
        return ((List<Double>) line.get(name)).stream().mapToDouble(v -> v).toArray();
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
        Rows explained = explanation(method, rows(), baselines);
        explained.run();
        List<Map<String, Object>> lines = explained.documents;
        assertThat(lines).hasSize(2);
        assertThat(numbers(lines.get(0), "attributions")).containsExactly(new double[] {4, 8, 12}, within(1e-4));
        assertThat(numbers(lines.get(1), "attributions")).containsExactly(new double[] {0, 0, 18}, within(1e-4));
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
        Rows explained = new Rows(file, array("baselines.npz", "x", new float[12], 2, 3, 2), rows(), folder)
                .with("classes", List.of("1"));
        explained.run();
        double[] bars = numbers(explained.documents.get(0), "errorBars95");
        List<String> table = Files.readAllLines(folder.resolve("attributions.csv"));
        double first = 0;
        for (int step = 0; step < 3; step++) {
            double error = Double.parseDouble(table.get(1 + step).split(",", -1)[7]);
            double quantile = bars[step] / error;
            first = step == 0 ? quantile : first;
            assertThat(error).isPositive();
            assertThat(quantile).isBetween(2.0, 4.5).isCloseTo(first, within(1e-3));
        }
    }

    @Test
    void writesTheValuesOfElements() throws IOException {
        explanation(Method.GRADIENT_SHAP, rows(), null).with("values", true).run();
        try (NativeTensor written = new NumpyInputs(folder.resolve("attributions.npz")).all("attribution")) {
            assertThat(written.dims()).containsExactly(2, 3, 2);
            assertThat(written.floats()[1]).isCloseTo(4, within(1e-4f));
            assertThat(written.floats()[11]).isCloseTo(18, within(1e-4f));
        }
        explanation(Method.KERNEL_SHAP, rows(), null).with("values", true).run();
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
        Rows explained =
                explanation(Method.INTEGRATED_GRADIENTS, rows(), null).with("tokens", text("a  \"b,c\" <d>\nd\n"));
        explained.run();
        List<Map<String, Object>> lines = explained.documents;
        assertThat(lines.get(0).get("tokens")).isEqualTo(List.of("a", "\"b,c\"", "<d>"));
        assertThat(lines.get(1).get("tokens")).isEqualTo(List.of("d", "", ""));
        assertThat(Files.readString(folder.resolve("attributions.csv")))
                .contains(",1,\"\"\"b,c\"\"\",")
                .contains(",2,<d>,");
        assertThat(Files.readString(folder.resolve("bars.svg"))).contains("&lt;d&gt;", ">d<", "(no token)");
        assertThat(Files.readString(folder.resolve("steps-1.svg"))).contains("0 d", "2 (no token)");
    }

    /** The predicted classes are 1 and 0, by the second and the first feature. */
    @Test
    void keepsTheClassesApartThatRowsAreExplainedFor() throws IOException {
        Path rows = array("rows.npz", "x", new float[] {0, 4, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0}, 2, 3, 2);
        List<Path> files = explanation(Method.EXACT_SHAPLEY, rows, null)
                .with("tokens", text("a b\nb a\n"))
                .with("classes", List.of())
                .run()
                .files();
        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactly("attributions.csv", "bars-0.svg", "bars-1.svg", "steps-0.svg", "steps-1.svg");
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
        assertThatThrownBy(() -> explanation(Method.SALIENCY, rows, null)
                        .with("tokens", text("a b\n"))
                        .run())
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("1 lines, expected one for each of the 2 sequences");
        assertThatThrownBy(() -> explanation(Method.SALIENCY, rows, null)
                        .with("tokens", text("a b\na b c d\n"))
                        .run())
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("line 2: 4 tokens, the sequence has 3 steps");
        assertThatThrownBy(() -> explanation(Method.SALIENCY, rows, null)
                        .with("tokens", folder.resolve("none.txt"))
                        .run())
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("none.txt: no such file");
    }

    @Test
    void namesAnArrayThatIsMissing() throws IOException {
        Path rows = array("rows.npz", "y", new float[6], 1, 3, 2);
        assertThatThrownBy(() -> explanation(Method.GRADIENT_SHAP, rows, rows).run())
                .hasMessageContaining("rows.npz: there is no array 'x', the model's input, among [y]");
    }

    private void refuses(Path rows, String message) {
        assertThatThrownBy(() -> explanation(Method.GRADIENT_SHAP, rows, null).run())
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
    void comparesWithRowsSampledFromTheWholeFile() throws IOException {
        float[] values = new float[60 * 6];
        for (int row = 0; row < 60; row++) {
            Arrays.fill(values, row * 6, row * 6 + 6, row);
        }
        Path sorted = array("sorted.npz", "x", values, 60, 3, 2);
        List<Object> expected = new ArrayList<>();
        for (long seed : new long[] {1, 1, 2}) {
            Rows explained = explanation(Method.GRADIENT_SHAP, rows(), sorted)
                    .with("classes", List.of("0"))
                    .with("baseline-count", 3)
                    .with("seed", seed);
            explained.run().rows().forEach(row -> expected.add(row.explanation().expected()));
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
        assertThatThrownBy(() -> explanation(Method.GRADIENT_SHAP, rows(), gap).run())
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
        refuses(cut, "cut.npz, array x.npy ends inside its header; the file is damaged");
    }

    @Test
    void aByteOrderMarkIsNoPartOfAToken() throws IOException {
        Rows explained = explanation(Method.SALIENCY, rows(), null).with("tokens", text("\ufeffa b\r\nc\r\n"));
        explained.run();
        List<Map<String, Object>> lines = explained.documents;
        assertThat(lines.get(0).get("tokens")).isEqualTo(List.of("a", "b", ""));
        assertThat(lines.get(1).get("tokens")).isEqualTo(List.of("c", "", ""));
    }

    @Test
    void refusesWhatIsForImages() throws IOException {
        Map<String, Object> options =
                Map.of("absolute", true, "format", "svg", "baselines-by", "black", "classes", List.of("-1"), "grid", 8);
        options.forEach((option, value) -> assertThatThrownBy(() -> explanation(Method.GRADIENT_SHAP, rows(), null)
                        .with(option, value)
                        .run())
                .isInstanceOfSatisfying(
                        OptionException.class, e -> assertThat(e.option()).isEqualTo(option)));
    }

    @Test
    void countsRowsWithoutAttributions() throws IOException {
        Path baselines = array("baselines.npz", "x", new float[] {1, 2, 3, 4, 5, 6}, 1, 3, 2);
        Rows explained = explanation(Method.GRADIENT_SHAP, rows(), baselines);
        explained.run();
        assertThat(explained.warnings)
                .singleElement()
                .asString()
                .startsWith("the attributions of 1 row are zero: every baseline equals the input");
    }
}
