package dev.hone.train.head;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.Map;

/** Products of matrices in float32 by the runtime, whose kernels use all there is of the processor. */
final class Products {
    private Products() {}

    /** {@code A B'}: [m,k] and [n,k], row-major, to [m,n]. */
    static float[] withTransposed(float[] a, float[] b, int k, SessionOptions options) {
        return run("Gemm", Map.of("transB", 1), a, a.length / k, k, b, b.length / k, k, options);
    }

    /** {@code A' B}: [k,m] and [k,n], row-major, to [m,n]. */
    static float[] ofTransposed(float[] a, float[] b, int k, SessionOptions options) {
        return run("Gemm", Map.of("transA", 1), a, k, a.length / k, b, k, b.length / k, options);
    }

    private static float[] run(
            String operator,
            Map<String, ?> attributes,
            float[] a,
            int aRows,
            int aColumns,
            float[] b,
            int bRows,
            int bColumns,
            SessionOptions options) {
        Graph graph = new Graph("product");
        Ops o = new Ops(graph);
        graph.addOutput(o.op(
                operator,
                attributes,
                graph.addInput("a", ElementType.FLOAT, Shape.of(Dim.of(aRows), Dim.of(aColumns))),
                graph.addInput("b", ElementType.FLOAT, Shape.of(Dim.of(bRows), Dim.of(bColumns)))));
        String output = graph.outputs().get(0).name();
        try (Session session = Session.open(OnnxWriter.toBytes(new Model(graph)), options);
                NativeTensor first = NativeTensor.ofFloats(a, aRows, aColumns);
                NativeTensor second = NativeTensor.ofFloats(b, bRows, bColumns);
                NativeTensor product =
                        session.run(Map.of("a", first, "b", second)).get(output)) {
            return product.floats();
        }
    }
}
