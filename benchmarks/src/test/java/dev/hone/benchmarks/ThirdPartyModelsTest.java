package dev.hone.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.quantize.Audit;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.compress.quantize.QuantizerOptions;
import dev.hone.compress.stream.Converter;
import dev.hone.compress.stream.Format;
import dev.hone.compress.weights.DynamicInt8Format;
import dev.hone.compress.weights.WeightOnlyFormat;
import dev.hone.compress.weights.WeightOptions;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.verify.Verifier;
import dev.hone.runtime.Cpu;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Third-party models after reading, writing and compression, compared with the published files in ONNX Runtime. */
class ThirdPartyModelsTest {
    private static final int COMPARED = 4;

    /** Tolerance of outputs; a newer opset may use other kernels. */
    private static final double ROUNDING = 1e-4;

    private static final Map<String, Format> FORMATS = Map.of(
            "dynamic", new DynamicInt8Format(!Cpu.here().instructions().exact(), true),
            "8 bits", new WeightOnlyFormat(WeightOptions.ofBits(8)),
            "4 bits", new WeightOnlyFormat(WeightOptions.ofBits(4)));

    @TempDir
    private static Path folder;

    /** The first output for each sample. */
    private static List<float[]> run(Path file, CalibrationFeeds samples, List<long[]> dims) {
        List<float[]> outputs = new ArrayList<>();
        try (Session session = Session.open(file, SessionOptions.defaults())) {
            String first = session.outputs().get(0).name();
            samples.forEachBatch(sample -> {
                try (NativeTensor output =
                        session.run(sample, List.of(first), Map.of()).get(first)) {
                    dims.add(output.dims());
                    outputs.add(output.floats());
                }
            });
        }
        return outputs;
    }

    private static double leastCosine(ThirdPartyModel foreign, Path made) throws IOException {
        List<float[]> expected = run(foreign.in(folder), foreign.samples(COMPARED, 2), new ArrayList<>());
        List<float[]> found = run(made, foreign.samples(COMPARED, 2), new ArrayList<>());
        double least = 1;
        for (int i = 0; i < COMPARED; i++) {
            double product = 0;
            double a = 0;
            double b = 0;
            for (int j = 0; j < expected.get(i).length; j++) {
                product += (double) expected.get(i)[j] * found.get(i)[j];
                a += (double) expected.get(i)[j] * expected.get(i)[j];
                b += (double) found.get(i)[j] * found.get(i)[j];
            }
            least = Math.min(least, product / Math.sqrt(a * b));
        }
        return least;
    }

    @ParameterizedTest
    @EnumSource(ThirdPartyModel.class)
    void isReadInferredAndWritten(ThirdPartyModel foreign) throws IOException {
        Model model = OnnxReader.read(foreign.in(folder));
        ShapeInference.run(model);
        assertThat(Verifier.problems(model)).isEmpty();
        Path written = folder.resolve("written.onnx");
        OnnxWriter.write(model, written);
        List<long[]> dims = new ArrayList<>();
        List<float[]> expected = run(foreign.in(folder), foreign.samples(2, 1), dims);
        List<float[]> found = run(written, foreign.samples(2, 1), new ArrayList<>());
        for (int i = 0; i < expected.size(); i++) {
            double largest = 0;
            double difference = 0;
            for (int j = 0; j < expected.get(i).length; j++) {
                largest = Math.max(largest, Math.abs(expected.get(i)[j]));
                difference = Math.max(difference, Math.abs(expected.get(i)[j] - found.get(i)[j]));
            }
            assertThat(difference / largest).isLessThan(ROUNDING);
        }
        Shape shape = model.graph().outputs().get(0).shape();
        assertThat(shape.rank()).isEqualTo(dims.get(0).length);
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.dim(axis).isConstant()) {
                assertThat(shape.size(axis)).isEqualTo(dims.get(0)[axis]);
            }
        }
        assertThat(model.graph().nodes().stream()
                        .flatMap(n -> n.outputs().stream())
                        .filter(java.util.Objects::nonNull)
                        .map(Value::shape))
                .doesNotContainNull();
    }

    /** Calibrated on eight samples and compared on four others; nearly all of the text models is INT8. */
    @ParameterizedTest
    @CsvSource({
        "DETECTOR, 0.98, 0.33, 150",
        "RECOGNIZER, 0.95, 0.3, 130",
        "DIRECTION, 0.99, 0.48, 100",
        "SENTENCES, 0.96, 0.66, 40"
    })
    void staysCloseInStaticIntegers(ThirdPartyModel foreign, double cosine, double size, int int8Nodes)
            throws IOException {
        Path made = folder.resolve("static.onnx");
        QuantizationResult result = Quantizer.quantize(
                OnnxReader.read(foreign.in(folder)), foreign.samples(8, 1), QuantizerOptions.defaults(), Progress.NONE);
        OnnxWriter.write(result.model(), made);
        assertThat(leastCosine(foreign, made)).isBetween(cosine, 0.99999);
        assertThat((double) Files.size(made) / Files.size(foreign.in(folder))).isLessThan(size);
        assertThat(Audit.of(Files.readAllBytes(made), SessionOptions.defaults()).int8Nodes())
                .isGreaterThan(int8Nodes);
    }

    @ParameterizedTest
    @CsvSource({
        "RECOGNIZER, dynamic, 0.999, 0.74",
        "RECOGNIZER, 8 bits, 0.999, 0.75",
        "RECOGNIZER, 4 bits, 0.98, 0.7",
        "SENTENCES, dynamic, 0.93, 0.28",
        "SENTENCES, 8 bits, 0.999, 0.3",
        "SENTENCES, 4 bits, 0.95, 0.17"
    })
    void staysCloseWithOtherCompressions(ThirdPartyModel foreign, String form, double cosine, double size)
            throws IOException {
        Path made = folder.resolve("made.onnx");
        Model model = OnnxReader.read(foreign.in(folder));
        Converter.convert(model, FORMATS.get(form), Progress.NONE);
        OnnxWriter.write(model, made);
        assertThat(leastCosine(foreign, made)).isBetween(cosine, 0.999999);
        assertThat((double) Files.size(made) / Files.size(foreign.in(folder))).isLessThan(size);
    }
}
