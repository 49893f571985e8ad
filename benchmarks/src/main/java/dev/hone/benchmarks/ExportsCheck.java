package dev.hone.benchmarks;

import dev.hone.autodiff.Backward;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.Compression;
import dev.hone.compress.CompressionContext;
import dev.hone.compress.method.Compressions;
import dev.hone.core.ElementType;
import dev.hone.core.option.Options;
import dev.hone.core.text.NpyArray;
import dev.hone.core.text.NpzReader;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.rewrite.Passes;
import dev.hone.graph.verify.Verifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What Hone makes of an export of PyTorch, {@code NAME-EXPORTER-OPSET.onnx} with {@code NAME.npz} beside it, both from
 * {@code exports.py}: read and verified, run, prepared for inference, differentiated, quantized by each method. One line
 * for each export, with the difference from PyTorch relative to the largest magnitude, or what failed.
 */
final class ExportsCheck {
    static final List<String> METHODS = List.of("static", "dynamic", "weights", "fp16", "bf16");

    private static final int CALIBRATION = 4;

    private final Path file;
    private final Map<String, NpyArray> arrays;

    private ExportsCheck(Path file) throws IOException {
        this.file = file;
        String name = file.getFileName().toString();
        this.arrays = NpzReader.read(file.resolveSibling(name.substring(0, name.indexOf('-')) + ".npz"));
    }

    /** A check that gives a figure. */
    private interface Check {
        double run() throws Exception;
    }

    /** @param argument a file, or the checks to make and a file, {@code run,gradient:FILE} */
    static void run(String argument) throws IOException {
        int colon = argument.indexOf(':');
        Path file = Path.of(argument.substring(colon + 1));
        ExportsCheck check = new ExportsCheck(file);
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put("run", () -> check.difference(check.read()));
        checks.put("prepare", () -> check.difference(check.prepared()));
        checks.put("gradient", check::gradient);
        METHODS.forEach(method -> checks.put(method, () -> check.scores(check.compressed(method))));
        if (colon >= 0) {
            checks.keySet().retainAll(List.of(argument.substring(0, colon).split(",")));
        }
        System.out.print(file.getFileName());
        checks.forEach((name, step) -> {
            StringBuilder line = new StringBuilder("  " + name + " ");
            try {
                line.append(String.format(Locale.ROOT, "%.0e", step.run()));
            } catch (Exception | StackOverflowError | OutOfMemoryError e) {
                line.append("FAILS: ").append(String.valueOf(e.getMessage()).replace('\n', ' '));
                if (!(e instanceof dev.hone.core.HoneException)) {
                    line.append(" (")
                            .append(e.getClass().getName())
                            .append(" at ")
                            .append(e.getStackTrace()[0])
                            .append(')');
                }
            }
            System.out.print(line);
        });
        System.out.println();
    }

    private Model read() {
        Model model = OnnxReader.read(file);
        Verifier.check(model);
        return model;
    }

    private Model prepared() {
        Model model = read();
        Passes.inference().run(model);
        model.graph().uniqueNames();
        return model;
    }

    private Model compressed(String method) {
        Map<String, Object> options = method.equals("static") ? Map.of("plan", "all") : Map.of();
        Compressions.Entry<?> entry = Compressions.ALL.stream()
                .filter(e -> e.name().equals(method))
                .findFirst()
                .orElseThrow();
        return compressed(entry, options);
    }

    private <O extends Record> Model compressed(Compressions.Entry<O> entry, Map<String, Object> options) {
        Compression compression = entry.make().apply(Options.of(entry.options()).build(options));
        Model model = read();
        CompressionContext context = CompressionContext.defaults().withCalibration(new Calibration(inputName(model)));
        return compression.compress(model, context).model();
    }

    private static String inputName(Model model) {
        return model.graph().inputs().stream()
                .filter(v -> v.constant() == null)
                .findFirst()
                .orElseThrow()
                .name();
    }

    /** The image of the file and noise of its size. */
    private final class Calibration extends CalibrationFeeds {
        private final String name;

        Calibration(String name) {
            this.name = name;
        }

        @Override
        public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
            Random random = new Random(1);
            for (int i = 0; i < CALIBRATION; i++) {
                float[] values = floats();
                for (int k = 0; i > 0 && k < values.length; k++) {
                    values[k] += 0.3f * (float) random.nextGaussian();
                }
                try (NativeTensor x =
                        NativeTensor.ofFloats(values, arrays.get("x").dims())) {
                    consumer.accept(Map.of(name, x));
                }
            }
        }
    }

    private float[] floats() {
        return tensor(arrays.get("x")).to(ElementType.FLOAT).floats();
    }

    private static Tensor tensor(NpyArray array) {
        return Tensor.of(array.type(), array.dims(), array.bytes());
    }

    /** The largest difference of any output from PyTorch's. */
    private double difference(Model model) {
        List<Tensor> outputs = outputs(model);
        double worst = 0;
        for (int k = 0; k < outputs.size() && arrays.containsKey("output" + k); k++) {
            worst = Math.max(worst, difference(outputs.get(k), tensor(arrays.get("output" + k)), "output " + k));
        }
        return worst;
    }

    /** The difference of the output that is differentiated: rounding exchanges boxes of nearly equal scores. */
    private double scores(Model model) {
        int which = (int) tensor(arrays.get("which")).longs()[0];
        return difference(outputs(model).get(which), tensor(arrays.get("output" + which)), "output " + which);
    }

    private double gradient() {
        Model model = read();
        Graph graph = model.graph();
        Value y = graph.outputs().get((int) tensor(arrays.get("which")).longs()[0]);
        Value x = graph.find(inputName(model));
        Value weight = graph.addConstant(tensor(arrays.get("weight")));
        Value gradient =
                Backward.gradients(graph, Map.of(y, weight), List.of(x)).get(x);
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        graph.addOutput(gradient);
        graph.sort();
        graph.uniqueNames();
        return difference(outputs(model).get(0), tensor(arrays.get("gradient")), "gradient");
    }

    private List<Tensor> outputs(Model model) {
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
                NativeTensor x = NativeTensor.ofFloats(floats(), arrays.get("x").dims())) {
            Map<String, NativeTensor> results = session.run(Map.of(inputName(model), x));
            List<Tensor> outputs = new ArrayList<>();
            session.outputs().forEach(info -> {
                NativeTensor result = results.get(info.name());
                byte[] bytes = new byte[result.buffer().remaining()];
                result.buffer().get(bytes);
                outputs.add(Tensor.of(typeOf(result), result.dims(), bytes));
            });
            results.values().forEach(NativeTensor::close);
            return outputs;
        }
    }

    private static ElementType typeOf(NativeTensor tensor) {
        for (ElementType type : ElementType.values()) {
            if (type.onnx() == tensor.type()) {
                return type;
            }
        }
        throw new IllegalStateException("element type " + tensor.type());
    }

    private static double difference(Tensor found, Tensor expected, String what) {
        if (!java.util.Arrays.equals(found.dims(), expected.dims())) {
            throw new IllegalStateException(what + " is " + found + ", expected " + expected);
        }
        double[] a = found.to(ElementType.DOUBLE).doubles();
        double[] b = expected.to(ElementType.DOUBLE).doubles();
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(b[i]));
            double difference = Math.abs(a[i] - b[i]);
            worst = difference <= worst ? worst : difference;
        }
        return worst == 0 ? 0 : worst / largest;
    }
}
