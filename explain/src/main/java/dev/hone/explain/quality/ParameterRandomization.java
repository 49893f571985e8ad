package dev.hone.explain.quality;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.Weights;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The model randomization check (Adebayo et al. 2018, "Sanity checks for saliency maps"): a model whose layers have lost
 * what they learned, from the top downwards. A map that hardly changes, with a rank correlation near 1
 * ({@link RankCorrelation#correlation}), does not depend on the model and explains nothing. The weights of a layer are shuffled
 * among themselves, which keeps their distribution, and with it the size of the activations.
 */
public final class ParameterRandomization {
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
        return Weights.kernels(graph).stream()
                .filter(ParameterRandomization::hasWholeBytes)
                .toList();
    }

    private static boolean hasWholeBytes(Value weight) {
        return weight.constant().buffer().remaining() % weight.constant().count() == 0;
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
