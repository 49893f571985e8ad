package dev.hone.train.step;

import java.util.List;
import java.util.Map;

/**
 * What a step's inputs and outputs are called and how large they are.
 *
 * @param inputs names of the model's inputs
 * @param targets names of the inputs that the objective asked for
 * @param metrics names of the numbers that the objective reports beside the loss
 * @param weights where each trained weight lies in the vector {@link StepGraph#WEIGHTS}
 * @param statistics where each running mean and variance lies in the vector {@link StepGraph#STATISTICS}
 * @param random shapes of the inputs of uniform random numbers
 * @param state lengths of the vectors that go from step to step
 */
public record StepLayout(
        List<String> inputs,
        List<String> targets,
        List<String> metrics,
        FlatLayout weights,
        FlatLayout statistics,
        Map<String, long[]> random,
        Map<String, Long> state) {
    public StepLayout {
        inputs = List.copyOf(inputs);
        targets = List.copyOf(targets);
        metrics = List.copyOf(metrics);
    }

    /** Whether the inputs and outputs of a step of that layout are the same. */
    boolean isSame(StepLayout other) {
        return inputs.equals(other.inputs)
                && targets.equals(other.targets)
                && metrics.equals(other.metrics)
                && state.equals(other.state)
                && names(weights).equals(names(other.weights))
                && names(statistics).equals(names(other.statistics))
                && random.keySet().equals(other.random.keySet());
    }

    private static List<String> names(FlatLayout layout) {
        return layout.entries().stream().map(FlatLayout.Entry::name).toList();
    }
}
