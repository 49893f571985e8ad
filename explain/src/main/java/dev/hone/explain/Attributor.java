package dev.hone.explain;

import dev.hone.graph.GraphException;
import dev.hone.runtime.NativeTensor;
import java.util.List;

/**
 * A method that attributes a model's score to the parts of an input, opened for one model
 * ({@link Method#open}). Not for use by several threads at a time.
 */
public interface Attributor extends AutoCloseable {
    /** Number of classes of the model. */
    int classes();

    /** Of one input: [1,...], such as [1,C,H,W]. */
    long[] inputDims();

    /** The model's scores of an input, [classes], those that are explained. */
    float[] scores(float[] input);

    /** The class of the highest score of an input. */
    default int predicted(float[] input) {
        float[] scores = scores(input);
        int best = 0;
        for (int c = 1; c < scores.length; c++) {
            best = scores[c] > scores[best] ? c : best;
        }
        return best;
    }

    /**
     * @param input one row of the model's input, row-major
     * @param groups which elements of the input get one attribution together
     * @return attributions by group, of shape [groups], with the error of each group's sum
     * @throws GraphException if there is no such class, or the input or the groups have another size than the model's input
     */
    Explanation explain(float[] input, int target, Groups groups);

    /** The same by element: attributions of the input's shape. */
    Explanation explain(float[] input, int target);

    /**
     * Several classes of one input, with the same samples, in the order given. What classes have in common is computed once
     * where the method allows it.
     */
    default List<Explanation> explain(float[] input, List<Integer> targets, Groups groups) {
        return targets.stream().map(target -> explain(input, target, groups)).toList();
    }

    /** The same by element: attributions of the input's shape. */
    default List<Explanation> explain(float[] input, List<Integer> targets) {
        return targets.stream().map(target -> explain(input, target)).toList();
    }

    /**
     * Compares with other baselines from now on. A method that takes none ({@link Method#compares()}) ignores them.
     *
     * @param given [R,...], each of the size that inputs have; copied
     */
    void replaceBaselines(NativeTensor given);

    @Override
    void close();
}
