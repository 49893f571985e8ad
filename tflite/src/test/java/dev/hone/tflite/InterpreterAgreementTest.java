package dev.hone.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.core.text.NpyArray;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.tflite.convert.Rules;
import dev.hone.tflite.file.TfliteFile;
import dev.hone.tflite.file.TfliteOperator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operator, and networks of each type, give what TFLite's own interpreter gives: floats within rounding, integers that
 * stand for numbers within a step or two, as the two round sums in different ways.
 */
class InterpreterAgreementTest {
    private static final Map<String, Map<String, NpyArray>> CASES = Vectors.all();

    private static final double TOLERANCE = 1e-5;

    /** Steps of the output that a quantized operator, and a quantized network, may be off. */
    private static final double STEPS = 1.01;

    private static final double NETWORK_STEPS = 4.01;

    @TempDir
    private Path folder;

    /** Those that the interpreter runs; of "labelled", {@link MetadataTest} says more. */
    static Stream<String> cases() {
        return CASES.keySet().stream().filter(name -> CASES.get(name).containsKey("out0") && !name.equals("labelled"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesWhatTheInterpreterGives(String name) throws IOException {
        check(name, TfliteReader.read(file(name)));
    }

    /** Where height and width can be left open, the graph still gives the same at the sizes of the file. */
    @ParameterizedTest
    @MethodSource("cases")
    void givesTheSameWithOpenSizes(String name) throws IOException {
        check(name, TfliteReader.read(file(name), true));
    }

    /** MediaPipe's own, which TFLite's interpreter does not have. */
    private static final Set<String> WITHOUT = Set.of("Convolution2DTransposeBias");

    @Test
    void allOperatorsThatAreReadHaveACase() {
        Set<String> missing = new TreeSet<>(Rules.operators());
        for (Map<String, NpyArray> arrays : CASES.values()) {
            TfliteFile.read(ByteBuffer.wrap(arrays.get("model").bytes())).operators().stream()
                    .map(TfliteOperator::name)
                    .forEach(missing::remove);
        }
        assertThat(missing).isEqualTo(new TreeSet<>(WITHOUT));
    }

    private Path file(String name) throws IOException {
        return Files.write(
                folder.resolve(name + ".tflite"), CASES.get(name).get("model").bytes());
    }

    private static void check(String name, Model model) {
        Map<String, NpyArray> arrays = CASES.get(name);
        Graph graph = model.graph();
        Map<String, NativeTensor> inputs = new LinkedHashMap<>();
        for (int i = 0; i < graph.inputs().size(); i++) {
            Value input = graph.inputs().get(i);
            Tensor given = tensor(arrays.get("in" + i));
            if (given.type() == ElementType.INT8) {
                long[] bytes = given.longs();
                for (int k = 0; k < bytes.length; k++) {
                    bytes[k] += 128;
                }
                given = Tensor.ofIntegers(ElementType.UINT8, bytes, given.dims());
            }
            inputs.put(input.name(), nativeTensor(inOrder(given, input)));
        }
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults())) {
            Map<String, NativeTensor> outputs = session.run(inputs);
            for (int i = 0; i < graph.outputs().size(); i++) {
                compare(
                        name,
                        graph.outputs().get(i),
                        outputs.get(graph.outputs().get(i).name()),
                        arrays,
                        i);
            }
            outputs.values().forEach(NativeTensor::close);
        }
        inputs.values().forEach(NativeTensor::close);
    }

    private static void compare(
            String name, Value output, NativeTensor found, Map<String, NpyArray> arrays, int index) {
        Tensor wanted = inOrder(tensor(arrays.get("out" + index)), output);
        assertThat(found.dims()).isEqualTo(wanted.dims());
        double[] numbers = wanted.doubles();
        NpyArray step = arrays.get("step" + index);
        double tolerance = TOLERANCE;
        if (step != null) {
            float[] q = tensor(step).floats();
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = q[0] * (numbers[i] - q[1]);
            }
            tolerance = q[0] * (name.startsWith("network") ? NETWORK_STEPS : STEPS);
        } else {
            for (double number : numbers) {
                tolerance = Math.max(tolerance, TOLERANCE * Math.abs(number));
            }
        }
        for (int i = 0; i < numbers.length; i++) {
            double value = output.type().isFloat()
                    ? found.buffer()
                            .order(ByteOrder.nativeOrder())
                            .asFloatBuffer()
                            .get(i)
                    : Tensor.of(output.type(), found.dims(), copy(found)).longs()[i];
            assertThat(value).as("%s, element %d", name, i).isCloseTo(numbers[i], within(tolerance));
        }
    }

    private static ByteBuffer copy(NativeTensor tensor) {
        ByteBuffer bytes = tensor.buffer().duplicate();
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).rewind();
    }

    /** Images are [N,C,H,W] in the model; some are in the file, too. */
    private static Tensor inOrder(Tensor tensor, Value value) {
        if (tensor.rank() != 4) {
            return tensor;
        }
        boolean isFirst = value.shape().dim(1).is(tensor.dim(1)) && tensor.dim(1) != tensor.dim(3);
        return isFirst ? tensor : tensor.transpose(0, 3, 1, 2);
    }

    private static Tensor tensor(NpyArray array) {
        return Tensor.of(array.type(), array.dims(), array.bytes());
    }

    private static NativeTensor nativeTensor(Tensor tensor) {
        ByteBuffer bytes = tensor.buffer();
        ByteBuffer direct =
                ByteBuffer.allocateDirect(Math.max(1, bytes.remaining())).order(ByteOrder.nativeOrder());
        direct.put(bytes).rewind().limit(tensor.buffer().remaining());
        return NativeTensor.of(tensor.type().onnx(), direct, tensor.dims());
    }
}
