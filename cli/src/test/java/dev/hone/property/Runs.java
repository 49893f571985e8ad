package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.runtime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Runs models in ONNX Runtime, without its optimizations, so that only the models differ. */
final class Runs {
    private static final SessionOptions OPTIONS = SessionOptions.defaults().withThreads(1);

    private Runs() {}

    /** A model that is open, to be run several times. */
    static final class Open implements AutoCloseable {
        private final Session session;

        Open(Model model) {
            this(model, SessionOptions.Optimization.NONE);
        }

        private Open(Model model, SessionOptions.Optimization optimization) {
            session = Session.open(OnnxWriter.toBytes(model), OPTIONS.withOptimization(optimization));
        }

        List<Tensor> run(Map<String, Tensor> inputs) {
            Map<String, NativeTensor> feeds = new LinkedHashMap<>();
            for (TensorInfo info : session.inputs()) {
                feeds.put(info.name(), nativeOf(inputs.get(info.name())));
            }
            List<Tensor> outputs = new ArrayList<>();
            try {
                Map<String, NativeTensor> results = session.run(feeds);
                session.outputs().forEach(o -> outputs.add(tensorOf(results.get(o.name()))));
                results.values().forEach(NativeTensor::close);
            } finally {
                feeds.values().forEach(NativeTensor::close);
            }
            return outputs;
        }

        @Override
        public void close() {
            session.close();
        }
    }

    static List<Tensor> of(Model model, Map<String, Tensor> inputs) {
        try (Open open = new Open(model)) {
            return open.run(inputs);
        }
    }

    /** Runs a model as users do. */
    static void optimized(Model model, Map<String, Tensor> inputs) {
        try (Open open = new Open(model, SessionOptions.Optimization.ALL)) {
            open.run(inputs);
        }
    }

    static NativeTensor nativeOf(Tensor tensor) {
        NativeTensor copy = NativeTensor.allocate(tensor.type().onnx(), tensor.dims());
        copy.buffer().put(tensor.buffer());
        return copy;
    }

    private static Tensor tensorOf(NativeTensor tensor) {
        ByteBuffer bytes = tensor.buffer();
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(bytes).flip();
        ElementType type = null;
        for (ElementType candidate : ElementType.values()) {
            type = candidate.onnx() == tensor.type() ? candidate : type;
        }
        return Tensor.of(type, tensor.dims(), copy);
    }

    /** Inputs that differ from these by about the rounding error of their type. */
    static Map<String, Tensor> nudged(Map<String, Tensor> inputs, long seed) {
        Random random = new Random(seed);
        Map<String, Tensor> result = new LinkedHashMap<>();
        inputs.forEach((name, x) -> {
            double[] numbers = x.to(ElementType.DOUBLE).doubles();
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] *= 1 + 4 * epsilon(x.type()) * (random.nextBoolean() ? 1 : -1);
            }
            result.put(name, Tensor.ofDoubles(numbers, x.dims()).to(x.type()));
        });
        return result;
    }

    static double epsilon(ElementType type) {
        return switch (type) {
            case DOUBLE -> 0x1p-53;
            case FLOAT16 -> 0x1p-11;
            default -> 0x1p-24;
        };
    }
}
