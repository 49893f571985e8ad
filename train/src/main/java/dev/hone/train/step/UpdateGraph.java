package dev.hone.train.step;

import dev.hone.core.ElementType;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The second half of a step: from the gradient to new weights, statistics, slots of the optimizer and averages. */
final class UpdateGraph {
    private final Ops o;
    private final StepOptions options;
    private final FlatLayout layout;
    private final Map<String, Value> state = new LinkedHashMap<>();
    private final Map<String, Value> newState = new LinkedHashMap<>();

    /**
     * @param weights vector [T]
     * @param layout of the weights, those that decay first
     * @param statistics vector [S] of running statistics, null if there are none
     */
    UpdateGraph(Ops o, StepOptions options, Value weights, FlatLayout layout, Value statistics) {
        this.o = o;
        this.options = options;
        this.layout = layout;
        state.put(StepGraph.WEIGHTS, weights);
        if (statistics != null) {
            state.put(StepGraph.STATISTICS, statistics);
        }
    }

    /**
     * Appends the nodes and their outputs.
     *
     * @param gradient vector [T]
     * @param batchStatistics vector [S], null if there are none
     */
    void build(Value gradient, Value batchStatistics) {
        Value[] hyper = Hyper.read(o);
        Value norm = o.op("Sqrt", o.op("ReduceSumSquare", Map.of("keepdims", 0), gradient));
        update(clipped(gradient, norm), batchStatistics, hyper);
        StepGraph.output(o, StepGraph.GRADIENT_NORM, norm);
        newState.forEach((name, value) -> StepGraph.output(o, name + StepGraph.NEW, value));
    }

    private Value clipped(Value gradient, Value norm) {
        if (options.clip() == 0) {
            return gradient;
        }
        Value factor = o.div(o.constant((float) options.clip()), o.add(norm, 1e-6));
        return o.mul(gradient, o.op("Min", factor, o.constant(1f)));
    }

    private void update(Value gradient, Value batchStatistics, Value[] hyper) {
        List<Value> slots = new ArrayList<>();
        for (int i = 0; i < options.optimizer().slots(); i++) {
            slots.add(stateInput(StepGraph.SLOT + i, layout.total()));
        }
        Value weights = state.get(StepGraph.WEIGHTS);
        List<Value> updated = options.optimizer().update(o, weights, gradient, slots, hyper, this::choose);
        newState.put(StepGraph.WEIGHTS, updated.get(0));
        for (int i = 0; i < slots.size(); i++) {
            newState.put(StepGraph.SLOT + i, updated.get(1 + i));
        }
        if (batchStatistics != null) {
            double m = options.statisticsMomentum();
            Value old = state.get(StepGraph.STATISTICS);
            newState.put(StepGraph.STATISTICS, o.add(o.mul(old, m), o.mul(batchStatistics, 1 - m)));
        }
        if (options.averaging()) {
            for (String name : List.of(StepGraph.WEIGHTS, StepGraph.STATISTICS)) {
                if (newState.containsKey(name)) {
                    average(name, newState.get(name), hyper);
                }
            }
        }
    }

    /** {@code a += (1 - d)(x - a)} */
    private void average(String name, Value x, Value[] hyper) {
        Value old = stateInput(StepGraph.AVERAGE + name, x.shape().size(0));
        Value pace = o.sub(o.constant(1f), hyper[Hyper.AVERAGE_DECAY.ordinal()]);
        newState.put(StepGraph.AVERAGE + name, o.add(old, o.mul(o.sub(x, old), pace)));
    }

    /** See {@link Optimizer.Decay}: weights that decay come first in the vector. */
    private Value choose(Value decaying, Value others) {
        long first = layout.entries().stream()
                .filter(e -> e.dims().length >= 2)
                .mapToLong(FlatLayout.Entry::count)
                .sum();
        long rest = layout.total() - first;
        if (rest == 0 || first == 0) {
            return rest == 0 ? decaying : others;
        }
        return o.concat(0, List.of(o.op("Expand", decaying, o.vector(first)), o.op("Expand", others, o.vector(rest))));
    }

    private Value stateInput(String name, long count) {
        Value input = o.graph().addInput(name, ElementType.FLOAT, Shape.of(count));
        state.put(name, input);
        return input;
    }

    /** Lengths of the state's vectors, by name. */
    Map<String, Long> state() {
        Map<String, Long> lengths = new LinkedHashMap<>();
        state.forEach((name, value) -> lengths.put(name, value.shape().size(0)));
        return lengths;
    }
}
