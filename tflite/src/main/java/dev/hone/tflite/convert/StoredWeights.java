package dev.hone.tflite.convert;

import dev.hone.tflite.file.TfliteGraph;
import dev.hone.tflite.file.TfliteOperator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Weights that are stored in a shorter form and brought to numbers by an operator, as in files with weights of float16:
 * their readers read the stored constant, whose numbers are taken while the file is read.
 */
final class StoredWeights {
    private static final Set<String> UNPACKING = Set.of("DEQUANTIZE", "DENSIFY");

    private StoredWeights() {}

    static TfliteGraph read(TfliteGraph file) {
        Map<Integer, Integer> stored = new HashMap<>();
        List<TfliteOperator> kept = new ArrayList<>();
        Set<Integer> outputs = Set.copyOf(Arrays.stream(file.outputs()).boxed().toList());
        for (TfliteOperator operator : file.operators()) {
            if (UNPACKING.contains(operator.name())
                    && operator.inputs().length == 1
                    && operator.outputs().length == 1
                    && operator.inputs()[0] >= 0
                    && !outputs.contains(operator.outputs()[0])) {
                int source = stored.getOrDefault(operator.inputs()[0], operator.inputs()[0]);
                if (file.tensors().get(source).isConstant()) {
                    stored.put(operator.outputs()[0], source);
                    continue;
                }
            }
            kept.add(operator.withInputs(Arrays.stream(operator.inputs())
                    .map(input -> stored.getOrDefault(input, input))
                    .toArray()));
        }
        return stored.isEmpty() ? file : file.withOperators(kept, file.outputs());
    }
}
