package dev.hone.explain;

import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.runtime.NativeTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Attention rollout (Abnar and Zuidema 2020): how far each token's information reaches through all layers of a
 * transformer, with A the attention of a layer, the mean over its heads:
 *
 * <pre>rollout = product over layers, the last one leftmost, of (A + I) / 2</pre>
 *
 * <p>An image's tokens are its patches, after a class token and at most one more, if there are any: the map is the class
 * token's row, without one the mean of all rows, enlarged to the image bilinearly. A sequence's tokens are its steps. The
 * values sum to at most 1, are never negative, and are the same for every class.
 */
final class AttentionRollout implements Attributor {
    private static final int MOST_EXTRA_TOKENS = 2;

    private final SingleInputRunner run;
    private final long[] inputDims;
    private final int classes;
    private final int tokens;

    AttentionRollout(Model model, NativeTensor baselines, SamplingOptions options) {
        this.inputDims = GradientShap.checkedDims(baselines);
        inputDims[0] = 1;
        Model prepared = AttributionGraph.prepare(model, options.logits(), inputDims, AttentionRollout::attentions);
        this.classes = ExplainedOutput.of(prepared, options.logits()).classes();
        this.tokens = Math.toIntExact(tokens(prepared.graph().outputs().get(1)).constant());
        int batch = Math.max(1, AttributionGraph.fixedBatch(prepared));
        this.run = new SingleInputRunner(AttributionGraph.copy(prepared, batch), batch, inputDims, options.session());
    }

    /** The outputs of the Softmax of each layer, [N,heads,tokens,tokens] or [N * heads,tokens,tokens]. */
    private static List<Value> attentions(Graph graph) {
        List<Value> found = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node.op().equals("Softmax") && isAttention(node, graph.inputs().get(0))) {
                found.add(node.output());
            }
        }
        if (found.isEmpty()) {
            throw new GraphException("the model has no attention: no Softmax over the last axis of a value"
                    + " [N,heads,tokens,tokens], or [N * heads,tokens,tokens] where the model takes one row at a time;"
                    + " attention-rollout is for transformers");
        }
        List<Dim> tokens =
                found.stream().map(AttentionRollout::tokens).distinct().toList();
        if (tokens.size() > 1) {
            throw new GraphException("the layers' attentions have different numbers of tokens " + tokens
                    + "; attention-rollout needs one");
        }
        return found;
    }

    private static boolean isAttention(Node softmax, Value input) {
        Shape shape = softmax.output().shape();
        if (shape == null || shape.rank() < 3 || shape.rank() > 4) {
            return false;
        }
        int last = shape.rank() - 1;
        long axis = softmax.intAttribute("axis", -1);
        Dim rows = input.shape().dim(0);
        // Of several rows it is not known which come first in N * heads: those of one head, or those of one row.
        boolean oneRow = !rows.isConstant() || rows.constant() == 1;
        return (axis == -1 || axis == last)
                && shape.dim(last).isConstant()
                && shape.dim(last - 1).equals(shape.dim(last))
                && (shape.dim(0).equals(rows) || (last == 2 && oneRow));
    }

    private static Dim tokens(Value attention) {
        Shape shape = attention.shape();
        return shape.dim(shape.rank() - 1);
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public long[] inputDims() {
        return inputDims.clone();
    }

    @Override
    public float[] scores(float[] input) {
        PerturbationRunner.check(inputDims, classes, input, 0);
        return FiniteChecks.scores(run.run(input, 0).get(0), "the input");
    }

    @Override
    public Explanation explain(float[] input, int target, Groups groups) {
        groups.checked(input.length);
        return explain(input, target).grouped(groups);
    }

    @Override
    public Explanation explain(float[] input, int target) {
        long start = System.nanoTime();
        PerturbationRunner.check(inputDims, classes, input, target);
        List<float[]> outputs = run.run(input, target);
        FiniteChecks.score(outputs.get(0)[target], target, "the input");
        double[][] rollout = new double[tokens][tokens];
        for (int i = 0; i < tokens; i++) {
            rollout[i][i] = 1;
        }
        for (float[] attention : outputs.subList(1, outputs.size())) {
            FiniteChecks.values(attention, "an attention");
            rollout = times(mixed(attention), rollout);
        }
        float[] attribution = onInput(rollout);
        double seconds = (System.nanoTime() - start) / 1e9;
        long[] shape = Arrays.copyOfRange(inputDims, 1, inputDims.length);
        return Explanation.certain(attribution, shape, target, outputs.get(0)[target], Float.NaN, 1, seconds);
    }

    /** Half the mean over heads, half the residual connection. */
    private double[][] mixed(float[] attention) {
        int heads = attention.length / tokens / tokens;
        double[][] mixed = new double[tokens][tokens];
        for (int i = 0; i < attention.length; i++) {
            mixed[i / tokens % tokens][i % tokens] += 0.5 * attention[i] / heads;
        }
        for (int i = 0; i < tokens; i++) {
            mixed[i][i] += 0.5;
        }
        return mixed;
    }

    private static double[][] times(double[][] a, double[][] b) {
        int n = a.length;
        double[][] product = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                for (int j = 0; j < n; j++) {
                    product[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return product;
    }

    private float[] onInput(double[][] rollout) {
        long height = inputDims.length == 4 ? inputDims[2] : inputDims[1];
        long width = inputDims.length == 4 ? inputDims[3] : 1;
        for (int extra = 0; extra <= MOST_EXTRA_TOKENS; extra++) {
            int patches = tokens - extra;
            int down = inputDims.length == 4 ? (int) Math.round(Math.sqrt(patches * (double) height / width)) : patches;
            int across = down == 0 ? 0 : patches / down;
            boolean fits = inputDims.length == 4 ? height * across == width * down : patches == height;
            if (patches > 0 && down * across == patches && fits) {
                return spread(relevance(rollout, extra), down, across);
            }
        }
        throw new GraphException(tokens + " tokens are no grid of patches over an input of "
                + AttributionGraph.describe(inputDims) + ", with up to " + MOST_EXTRA_TOKENS + " tokens more");
    }

    private float[] relevance(double[][] rollout, int extra) {
        float[] values = new float[tokens - extra];
        for (int j = 0; j < values.length; j++) {
            double sum = 0;
            for (int i = 0; i < (extra > 0 ? 1 : tokens); i++) {
                sum += rollout[i][extra + j];
            }
            values[j] = (float) (extra > 0 ? sum : sum / tokens);
        }
        return values;
    }

    private float[] spread(float[] byToken, int down, int across) {
        int elements = (int) Arrays.stream(inputDims).reduce(1, Math::multiplyExact);
        float[] attribution = new float[elements];
        if (inputDims.length != 4) {
            int each = elements / byToken.length;
            for (int i = 0; i < elements; i++) {
                attribution[i] = byToken[i / each] / each;
            }
            return attribution;
        }
        float[] pixels = Bilinear.resized(byToken, down, across, (int) inputDims[2], (int) inputDims[3]);
        double share = (double) byToken.length / elements;
        for (int i = 0; i < elements; i++) {
            attribution[i] = (float) (pixels[i % pixels.length] * share);
        }
        return attribution;
    }

    @Override
    public void replaceBaselines(NativeTensor given) {
        // It compares with nothing.
    }

    @Override
    public void close() {
        run.close();
    }
}
