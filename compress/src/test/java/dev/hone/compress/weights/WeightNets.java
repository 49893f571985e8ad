package dev.hone.compress.weights;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.Map;
import java.util.Random;

/** Models with one matrix of weights, in the forms that files have them. */
public final class WeightNets {
    private WeightNets() {}

    /** From N(0, 0.05), with a few large ones, so that blocks differ. */
    public static float[] weights(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (0.05 * random.nextGaussian() * (random.nextInt(40) == 0 ? 4 : 1));
        }
        return values;
    }

    /** The form's model, with weights {@code w[n][k]} whatever way they lie in the file. */
    public static Model of(String form, float[] w, int inputs, int outputs) {
        Graph graph = new Graph(form);
        Ops ops = new Ops(graph);
        boolean lookup = form.equals("gather");
        Value x = graph.addInput(
                "x",
                lookup ? ElementType.INT64 : ElementType.FLOAT,
                lookup ? Shape.of(Dim.symbol("N")) : Shape.of(Dim.symbol("N"), Dim.of(inputs)));
        Tensor rows = Tensor.ofFloats(w, outputs, inputs);
        Value y =
                switch (form) {
                    case "matmul" -> ops.matmul(x, graph.addConstant("w", rows.transpose(1, 0)));
                    case "transposed" -> ops.matmul(x, ops.transpose(graph.addConstant("w", rows), 1, 0));
                    case "gemm" ->
                        ops.op(
                                "Gemm",
                                Map.of("transB", 1),
                                x,
                                graph.addConstant("w", rows),
                                ops.constant(Tensor.filled(ElementType.FLOAT, 0.25, outputs)));
                    case "gather" -> ops.op("Gather", graph.addConstant("w", rows), x);
                    default -> throw new IllegalArgumentException(form);
                };
        y.setName("y");
        graph.addOutput(y);
        return new Model(graph);
    }

    /** The output for given rows of inputs. */
    public static float[] run(Model model, NativeTensor x) {
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults())) {
            Map<String, NativeTensor> out = session.run(Map.of("x", x));
            float[] values = out.get("y").floats();
            out.values().forEach(NativeTensor::close);
            return values;
        }
    }

    public static NativeTensor identity(int size) {
        float[] values = new float[size * size];
        for (int i = 0; i < size; i++) {
            values[i * size + i] = 1;
        }
        return NativeTensor.ofFloats(values, size, size);
    }
}
