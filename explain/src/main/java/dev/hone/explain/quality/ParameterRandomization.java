package dev.hone.explain.quality;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The model randomization check (Adebayo et al. 2018, "Sanity checks for saliency maps"): a model whose layers have lost
 * what they learned, from the top downwards. A map that hardly changes, with a rank correlation near 1
 * ({@link RankCorrelation#correlation}), does not depend on the model and explains nothing. The weights of a layer are shuffled
 * among themselves, which keeps their distribution, and with it the size of the activations.
 */
public final class ParameterRandomization {
    /** The input that holds the weights. */
    private static final Map<String, Integer> WEIGHTS = Map.of("Conv", 1, "ConvTranspose", 1, "Gemm", 1, "MatMul", 1);

    private ParameterRandomization() {}

    /** Names of the layers with constant weights, from the output to the input. */
    public static List<String> layers(Model model) {
        return weights(model.graph()).stream().map(Value::name).toList();
    }

    /**
     * A copy whose uppermost layers have shuffled weights.
     *
     * @param count how many of {@link #layers}
     * @throws GraphException if the model has fewer
     */
    public static Model top(Model model, int count, long seed) {
        Model copy = model.copy();
        List<Value> weights = weights(copy.graph());
        if (count < 0 || count > weights.size()) {
            throw new GraphException(
                    count + " layers are to be randomized, the model has " + weights.size() + " with constant weights");
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (Value weight : weights.subList(0, count)) {
            weight.setConstant(shuffled(weight.constant(), random));
        }
        return copy;
    }

    private static List<Value> weights(Graph graph) {
        graph.sort();
        List<Value> found = new ArrayList<>();
        for (Node node : graph.nodes()) {
            Integer index = node.domain().isEmpty() ? WEIGHTS.get(node.op()) : null;
            Value weight = index == null ? null : node.input(index);
            if (weight != null && weight.producer() != null && weight.producer().is("DequantizeLinear")) {
                weight = weight.producer().input(0);
            }
            boolean wholeBytes = weight != null
                    && weight.isConstant()
                    && weight.constant().buffer().remaining()
                                    % weight.constant().count()
                            == 0;
            if (wholeBytes && !found.contains(weight)) {
                found.add(weight);
            }
        }
        Collections.reverse(found);
        return found;
    }

    private static Tensor shuffled(Tensor tensor, SplittableRandom random) {
        ByteBuffer from = tensor.buffer();
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        int count = Math.toIntExact(tensor.count());
        int size = bytes.length / count;
        byte[] held = new byte[size];
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            System.arraycopy(bytes, i * size, held, 0, size);
            System.arraycopy(bytes, j * size, bytes, i * size, size);
            System.arraycopy(held, 0, bytes, j * size, size);
        }
        return Tensor.of(tensor.type(), tensor.dims(), bytes);
    }
}
