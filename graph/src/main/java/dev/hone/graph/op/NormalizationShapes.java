package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.Map;

/** Normalizations and the softmax family: the first output has the first input's shape. */
final class NormalizationShapes {
    private NormalizationShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("BatchNormalization", NormalizationShapes::batch);
        table.put("InstanceNormalization", NormalizationShapes::perChannel);
        table.put("GroupNormalization", NormalizationShapes::perChannel);
        table.put("LayerNormalization", NormalizationShapes::layer);
        table.put("RMSNormalization", NormalizationShapes::layer);
        for (String name : new String[] {"LRN", "MeanVarianceNormalization"}) {
            table.put(name, ElementwiseShapes::sameShape);
        }
        for (String name :
                new String[] {"LpNormalization", "Softmax", "LogSoftmax", "Hardmax", "com.microsoft.QLinearSoftmax"}) {
            table.put(name, NormalizationShapes::alongAxis);
        }
        table.put("com.microsoft.SkipLayerNormalization", NormalizationShapes::skipLayer);
        table.put("com.microsoft.SkipSimplifiedLayerNormalization", NormalizationShapes::skipLayer);
        table.put("com.microsoft.EmbedLayerNormalization", NormalizationShapes::embedding);
    }

    /** X [N,C,...]; scale, bias, mean, variance [C]. In training mode the running mean and variance come out too. */
    private static void batch(ShapeContext n) {
        n.requireRank(0, 2, "batch normalization");
        Shape x = n.shape(0);
        for (int i = 1; i < 5; i++) {
            channels(n, x, i);
        }
        n.output(0, x);
        Shape statistics = n.shape(3) != null || x == null ? n.shape(3) : Shape.of(x.dim(1));
        n.output(1, statistics);
        n.output(2, statistics);
    }

    private static void perChannel(ShapeContext n) {
        channels(n, n.shape(0), 1);
        channels(n, n.shape(0), 2);
        n.output(0, n.shape(0));
    }

    private static void channels(ShapeContext n, Shape x, int input) {
        Shape perChannel = n.shape(input);
        if (x != null && perChannel != null && x.rank() > 1 && perChannel.rank() == 1) {
            n.require(x.dim(1), perChannel.dim(0), "channels of the input and of input " + input);
        }
    }

    /** Mean and inverse deviation have dimension 1 from {@code axis} on. */
    private static void layer(ShapeContext n) {
        Shape x = n.shape(0);
        ElementType statistics = n.typeAttribute("stash_type", ElementType.FLOAT);
        n.outputType(1, statistics);
        n.outputType(2, statistics);
        n.output(0, x);
        if (x != null) {
            Shape reduced = x;
            for (int i = n.axisAttribute(-1, x.rank()); i < x.rank(); i++) {
                reduced = reduced.with(i, Dim.ONE);
            }
            n.output(1, reduced);
            n.output(2, reduced);
            n.broadcast(x, n.shape(1) == null ? Shape.SCALAR : n.shape(1));
        }
    }

    /** ids [B,S], tables [*,D] */
    private static void embedding(ShapeContext n) {
        Shape ids = n.shape(0);
        Shape table = n.shape(2);
        if (ids == null || ids.rank() != 2) {
            return;
        }
        n.output(1, ids.dim(0));
        if (table != null && table.rank() == 2) {
            n.output(0, ids.dim(0), ids.dim(1), table.dim(1));
            n.output(2, ids.dim(0), ids.dim(1), table.dim(1));
        }
    }

    private static void skipLayer(ShapeContext n) {
        Shape x = n.shape(0);
        n.output(0, x);
        if (x != null) {
            n.output(1, x.with(-1, Dim.ONE));
            n.output(2, x.with(-1, Dim.ONE));
            n.output(3, x);
        }
    }

    private static void alongAxis(ShapeContext n) {
        Shape x = n.shape(0);
        if (x != null && x.rank() > 0) {
            n.axisAttribute(-1, x.rank());
        }
        n.output(0, x);
    }
}
