package dev.hone.graph.expand;

import dev.hone.graph.Attribute;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The activations of one direction of a recurrent layer, with their parameters, and the clipping before them. */
final class RecurrentActivations {
    /** The operator, and the defaults of alpha and beta: null where it has none, NaN where it must be given. */
    private record Kind(String op, Float alpha, Float beta) {}

    private record Activation(Kind kind, float alpha, float beta) {}

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("relu", new Kind("Relu", null, null)),
            Map.entry("tanh", new Kind("Tanh", null, null)),
            Map.entry("sigmoid", new Kind("Sigmoid", null, null)),
            Map.entry("softsign", new Kind("Softsign", null, null)),
            Map.entry("softplus", new Kind("Softplus", null, null)),
            Map.entry("affine", new Kind("Affine", Float.NaN, Float.NaN)),
            Map.entry("scaledtanh", new Kind("ScaledTanh", Float.NaN, Float.NaN)),
            Map.entry("hardsigmoid", new Kind("HardSigmoid", 0.2f, 0.5f)),
            Map.entry("leakyrelu", new Kind("LeakyRelu", 0.01f, null)),
            // ONNX says 1, ONNX Runtime takes 0.
            Map.entry("thresholdedrelu", new Kind("ThresholdedRelu", Float.NaN, null)),
            Map.entry("elu", new Kind("Elu", 1f, null)));

    private static final Map<String, List<String>> DEFAULTS = Map.of(
            "LSTM", List.of("Sigmoid", "Tanh", "Tanh"), "GRU", List.of("Sigmoid", "Tanh"), "RNN", List.of("Tanh"));

    private final List<Activation> activations;
    private final float clip;

    private RecurrentActivations(List<Activation> activations, float clip) {
        this.activations = activations;
        this.clip = clip;
    }

    /** @throws dev.hone.graph.GraphException if an activation is not one of ONNX's */
    static RecurrentActivations of(Node n, int d, int directions) {
        List<String> defaults = DEFAULTS.get(n.op());
        List<String> names = new ArrayList<>();
        if (n.attribute("activations") instanceof Attribute.Strs given) {
            given.values().forEach(text -> names.add(new String(text, StandardCharsets.UTF_8)));
        }
        while (names.size() < defaults.size() * directions) {
            names.add(defaults.get(names.size() % defaults.size()));
        }
        List<Float> alphas = numbers(n, "activation_alpha");
        List<Float> betas = numbers(n, "activation_beta");
        List<Activation> all = new ArrayList<>();
        for (String name : names) {
            Kind kind = KINDS.get(name.toLowerCase(Locale.ROOT));
            if (kind == null) {
                throw RecurrentExpansions.unsupported(n, "the activation " + name);
            }
            Activation activation = new Activation(kind, next(alphas, kind.alpha), next(betas, kind.beta));
            if (Float.isNaN(activation.alpha + activation.beta)) {
                throw RecurrentExpansions.unsupported(
                        n,
                        "the activation " + name + " without its parameters in activation_alpha and activation_beta");
            }
            all.add(activation);
        }
        int first = d * defaults.size();
        return new RecurrentActivations(
                all.subList(first, first + defaults.size()), n.floatAttribute("clip", Float.POSITIVE_INFINITY));
    }

    private static List<Float> numbers(Node n, String attribute) {
        List<Float> numbers = new ArrayList<>();
        if (n.attribute(attribute) instanceof Attribute.Floats given) {
            numbers.addAll(given.values());
        }
        return numbers;
    }

    /** The next number of a list, for an activation that has such a parameter. */
    private static float next(List<Float> numbers, Float otherwise) {
        if (otherwise == null) {
            return 0;
        }
        return numbers.isEmpty() ? otherwise : numbers.remove(0);
    }

    /** The activation at an index of the clipped value. */
    Value apply(Ops o, int index, Value a) {
        if (Float.isInfinite(clip)) {
            return applyUnclipped(o, index, a);
        }
        Value low = o.constant(Tensor.filled(Sizes.type(a), -clip));
        Value high = o.constant(Tensor.filled(Sizes.type(a), clip));
        return applyUnclipped(o, index, o.op("Clip", a, low, high));
    }

    Value applyUnclipped(Ops o, int index, Value a) {
        Activation f = activations.get(index);
        return switch (f.kind.op) {
            case "Affine" -> o.add(o.mul(a, f.alpha), f.beta);
            case "ScaledTanh" -> o.mul(o.op("Tanh", o.mul(a, f.beta)), f.alpha);
            case "HardSigmoid" -> o.op("HardSigmoid", Map.of("alpha", f.alpha, "beta", f.beta), a);
            case "LeakyRelu", "ThresholdedRelu", "Elu" -> o.op(f.kind.op, Map.of("alpha", f.alpha), a);
            default -> o.op(f.kind.op, a);
        };
    }
}
