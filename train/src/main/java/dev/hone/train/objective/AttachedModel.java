package dev.hone.train.objective;

import dev.hone.core.HoneException;
import dev.hone.graph.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model inside the graph of a step: where its inputs, outputs and other values are.
 *
 * @param inputs by the model's names, in its order
 * @param outputs by the model's names, in its order
 * @param values by the model's names: inputs, initializers and outputs of nodes
 */
public record AttachedModel(Map<String, Value> inputs, Map<String, Value> outputs, Map<String, Value> values) {
    public AttachedModel {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** @throws HoneException if there is no such input */
    public Value input(String name) {
        return named("input", name, inputs);
    }

    /** @throws HoneException if there are not so many outputs */
    public Value output(int index) {
        if (index < 0 || index >= outputs.size()) {
            throw new HoneException(
                    "the model has no output number " + index + ", its outputs are " + outputs.keySet());
        }
        return List.copyOf(outputs.values()).get(index);
    }

    /** @throws HoneException if there is no such output */
    public Value output(String name) {
        return named("output", name, outputs);
    }

    /**
     * Any value of the model: an intermediate one, an input, or a weight.
     *
     * @throws HoneException if there is none of that name
     */
    public Value value(String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new HoneException("the model has no value '" + name + "'");
        }
        return value;
    }

    private static Value named(String what, String name, Map<String, Value> values) {
        Value value = values.get(name);
        if (value == null) {
            throw new HoneException(
                    "the model has no " + what + " '" + name + "', its " + what + "s are " + values.keySet());
        }
        return value;
    }
}
