package dev.hone.train.step;

import dev.hone.core.ElementType;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The second half of a step: from the gradient to new weights, statistics, slots of the optimizer and averages. */
final class UpdateGraph {
    private final Ops o;
    private final StepOptions options;
    private final FlatLayout layout;
    private final FlatLayout statisticsLayout;
    private final Set<String> kept;
    private final Map<String, Value> state = new LinkedHashMap<>();
    private final Map<String, Value> newState = new LinkedHashMap<>();

    /**
     * @param weights vector [T]
     * @param statistics vector [S] of running statistics, null if there are none
     * @param training the first half, which knows what lies where in the vectors
     */
    UpdateGraph(Ops o, StepOptions options, Value weights, Value statistics, TrainingGraph training) {
        this.o = o;
        this.options = options;
        this.layout = training.weightLayout();
        this.statisticsLayout = training.statisticsLayout();
        this.kept = training.keptStatistics();
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
        List<Value> updated = options.optimizer()
                .update(o, weights, gradient, slots, hyper, new PerWeight(o, layout, options.factors(), ages()));
        newState.put(StepGraph.WEIGHTS, updated.get(0));
        for (int i = 0; i < slots.size(); i++) {
            newState.put(StepGraph.SLOT + i, updated.get(1 + i));
        }
        if (batchStatistics != null) {
            newState.put(StepGraph.STATISTICS, mixed(state.get(StepGraph.STATISTICS), batchStatistics));
        }
        if (options.averaging()) {
            for (String name : List.of(StepGraph.WEIGHTS, StepGraph.STATISTICS)) {
                if (newState.containsKey(name)) {
                    average(name, newState.get(name), hyper);
                }
            }
        }
    }

    /** Null where all weights have changed in all steps, or nothing asks for their number. */
    private WeightAges ages() {
        if (!options.phased() || options.optimizer().beta2() == 0) {
            return null;
        }
        Value before = stateInput(StepGraph.AGES, layout.entries().size());
        WeightAges ages = new WeightAges(o, layout, before, options.factors());
        newState.put(StepGraph.AGES, ages.now());
        return ages;
    }

    /** {@code m s + (1 - m) b}, where m is exactly 1 for the statistics that are kept. */
    private Value mixed(Value old, Value batch) {
        double m = options.statisticsMomentum();
        if (kept.isEmpty()) {
            return o.add(o.mul(old, m), o.mul(batch, 1 - m));
        }
        float[] shares = new float[Math.toIntExact(statisticsLayout.total())];
        for (FlatLayout.Entry entry : statisticsLayout.entries()) {
            int from = Math.toIntExact(entry.offset());
            Arrays.fill(
                    shares, from, from + Math.toIntExact(entry.count()), kept.contains(entry.name()) ? 1 : (float) m);
        }
        Value share = o.constant(Tensor.ofFloats(shares, shares.length));
        return o.add(o.mul(old, share), o.mul(batch, o.sub(o.constant(1f), share)));
    }

    /** {@code a += (1 - d)(x - a)} */
    private void average(String name, Value x, Value[] hyper) {
        Value old = stateInput(StepGraph.AVERAGE + name, x.shape().size(0));
        Value pace = o.sub(o.constant(1f), hyper[Hyper.AVERAGE_DECAY.ordinal()]);
        newState.put(StepGraph.AVERAGE + name, o.add(old, o.mul(o.sub(x, old), pace)));
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
