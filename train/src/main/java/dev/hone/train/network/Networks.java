package dev.hone.train.network;

import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables of architectures: for images, and for rows of a table. */
public final class Networks {
    /** The input of every model of images built here: raw pixels [N,C,H,W], floats from 0 to 255. */
    public static final String INPUT = "image";

    /** The first output: unnormalized scores [N,K]. */
    public static final String LOGITS = "logits";

    /** The second output: the softmax of the first, [N,K]. */
    public static final String PROBABILITIES = "probabilities";

    @FunctionalInterface
    private interface Body {
        /** From normalized pixels to logits. */
        Value build(Layers l, NetworkSpec spec, Value x);
    }

    private static final Map<String, Body> BODIES = new LinkedHashMap<>();

    static {
        BODIES.put("resnet-edge", ResNet::edge);
        BODIES.put("resnet-small", ResNet::small);
        BODIES.put("resnet18", (l, s, x) -> ResNet.standard(l, s, x, false, 2, 2, 2, 2));
        BODIES.put("resnet34", (l, s, x) -> ResNet.standard(l, s, x, false, 3, 4, 6, 3));
        BODIES.put("resnet50", (l, s, x) -> ResNet.standard(l, s, x, true, 3, 4, 6, 3));
        BODIES.put("resnet18d", (l, s, x) -> ResNet.deepStem(l, s, x, false, 2, 2, 2, 2));
        BODIES.put("resnet34d", (l, s, x) -> ResNet.deepStem(l, s, x, false, 3, 4, 6, 3));
        BODIES.put("resnet50d", (l, s, x) -> ResNet.deepStem(l, s, x, true, 3, 4, 6, 3));
        BODIES.put("mobilenetv2", MobileNetV2::build);
        BODIES.put("mobilenetv3-small", MobileNetV3::small);
        BODIES.put("mobilenetv3-large", MobileNetV3::large);
        BODIES.put("efficientnet-b0", EfficientNet::build);
        BODIES.put("vit-tiny", VisionTransformer::tiny);
        BODIES.put("vit-compact", VisionTransformer::compact);
    }

    @FunctionalInterface
    private interface RowBody {
        /** From raw rows to logits. */
        Value build(Layers l, RowNetworkSpec spec);
    }

    private static final Map<String, RowBody> ROW_BODIES = new LinkedHashMap<>();

    static {
        ROW_BODIES.put("mlp", RowNetworks::perceptron);
        ROW_BODIES.put("wide-deep", RowNetworks::wideAndDeep);
    }

    private Networks() {}

    /** Networks for images. */
    public static List<String> names() {
        return List.copyOf(BODIES.keySet());
    }

    /** Networks for rows of a table. */
    public static List<String> rowNames() {
        return List.copyOf(ROW_BODIES.keySet());
    }

    /**
     * A model of rows with freshly initialized weights, as it is at inference: dropout does nothing. Inputs {@code numbers}
     * and {@code categories} as in {@link dev.hone.data.table.TableSchema}, each where the table has such columns; outputs
     * {@link #LOGITS} and {@link #PROBABILITIES}.
     *
     * @throws HoneException if no network for rows has that name
     */
    public static Model build(RowNetworkSpec spec) {
        RowBody body = ROW_BODIES.get(spec.architecture());
        if (body == null) {
            throw new HoneException("unknown network '" + spec.architecture()
                    + "' for rows of a table, expected one of " + String.join(", ", rowNames()));
        }
        Graph graph = new Graph(spec.architecture());
        Layers layers = new Layers(graph, spec.seed());
        finish(layers, body.build(layers, spec));
        return new Model(graph);
    }

    /**
     * A model with freshly initialized weights, as it is at inference: batch norms use their running statistics,
     * dropout does nothing. Input {@link #INPUT}, outputs {@link #LOGITS} and {@link #PROBABILITIES}.
     *
     * @throws HoneException if no architecture has that name
     */
    public static Model build(NetworkSpec spec) {
        Body body = BODIES.get(spec.architecture());
        if (body == null) {
            throw new HoneException("unknown architecture '" + spec.architecture() + "', expected one of "
                    + String.join(", ", names()));
        }
        Graph graph = new Graph(spec.architecture());
        Layers layers = new Layers(graph, spec.seed());
        Value logits = body.build(layers, spec, layers.input(spec));
        finish(layers, logits);
        return new Model(graph);
    }

    static void finish(Layers l, Value logits) {
        logits.setName(LOGITS);
        l.ops().graph().addOutput(logits);
        Value probabilities = l.ops().op("Softmax", Map.of("axis", -1), logits);
        probabilities.setName(PROBABILITIES);
        l.ops().graph().addOutput(probabilities);
    }
}
