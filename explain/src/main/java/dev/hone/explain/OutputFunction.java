package dev.hone.explain;

import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The scores that explanations explain, as functions of one input; what measures of their quality ask for. */
public final class OutputFunction implements AutoCloseable {
    private final PerturbationRunner evaluator;

    private OutputFunction(PerturbationRunner evaluator) {
        this.evaluator = evaluator;
    }

    /**
     * @param example an input [1,...], which gives the size
     * @param options whether the scores are those before a Softmax at the end, and threads
     * @throws GraphException if the model has another form than explanations take
     */
    public static OutputFunction open(Model model, NativeTensor example, SamplingOptions options) {
        return new OutputFunction(new PerturbationRunner(model, example, options));
    }

    /** Number of classes of the model. */
    public int classes() {
        return evaluator.classes();
    }

    /** The score of a class for one input, row-major. */
    public ToDoubleFunction<float[]> of(int target) {
        List<Integer> targets = List.of(target);
        return input -> {
            evaluator.check(input, targets);
            return evaluator.scores(input, targets)[0];
        };
    }

    @Override
    public void close() {
        evaluator.close();
    }
}
