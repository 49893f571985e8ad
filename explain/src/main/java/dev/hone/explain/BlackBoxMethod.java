package dev.hone.explain;

import dev.hone.runtime.NativeTensor;
import java.util.List;

/**
 * What the methods have in common that run the model on changed copies of the input and take no gradients. A run gives the
 * scores of all classes, so that several classes cost as many runs as one.
 */
abstract class BlackBoxMethod implements Attributor {
    final PerturbationRunner model;

    BlackBoxMethod(PerturbationRunner model) {
        this.model = model;
    }

    @Override
    public final int classes() {
        return model.classes();
    }

    @Override
    public final float[] scores(float[] input) {
        return model.scores(input);
    }

    @Override
    public final long[] inputDims() {
        return model.inputDims();
    }

    @Override
    public final Explanation explain(float[] input, int target, Groups groups) {
        return explain(input, List.of(target), groups).get(0);
    }

    @Override
    public final Explanation explain(float[] input, int target) {
        return explain(input, List.of(target)).get(0);
    }

    @Override
    public abstract List<Explanation> explain(float[] input, List<Integer> targets, Groups groups);

    @Override
    public List<Explanation> explain(float[] input, List<Integer> targets) {
        return explain(input, targets, Groups.single(model.elements())).stream()
                .map(e -> e.shaped(model.shape()))
                .toList();
    }

    @Override
    public final void replaceBaselines(NativeTensor given) {
        model.replaceBaselines(given);
    }

    @Override
    public final void close() {
        model.close();
    }
}
