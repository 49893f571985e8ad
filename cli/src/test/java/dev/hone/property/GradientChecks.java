package dev.hone.property;

import dev.hone.autodiff.Backward;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.rewrite.Passes;
import dev.hone.testkit.FiniteDifferences;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Whether the gradients of a model equal finite differences, and stay the same through the passes. */
final class GradientChecks {
    private static final int DIRECTIONS = 2;

    private GradientChecks() {}

    /**
     * The sum of all floating-point outputs, each times fixed random weights, is differentiated by every input.
     *
     * @return false if nothing could be checked: the runtime does not run the model, an operator has no gradient, or
     *     the function has a kink here
     */
    static boolean check(RandomModel random) {
        List<Tensor> outputs;
        try {
            outputs = Runs.of(random.model(), random.inputs());
        } catch (HoneException e) {
            return false;
        }
        Model model = random.model().copy();
        Graph graph = model.graph();
        List<Tensor> weights = weights(graph, outputs);
        if (weights.stream().noneMatch(w -> w != null)) {
            return false;
        }
        Map<Value, Value> seeds = new LinkedHashMap<>();
        for (int i = 0; i < weights.size(); i++) {
            if (weights.get(i) != null) {
                seeds.merge(graph.outputs().get(i), graph.addConstant(weights.get(i)), (a, b) -> a);
            }
        }
        List<Value> wrt = new ArrayList<>(graph.inputs());
        Map<Value, Value> gradients;
        try {
            gradients = Backward.gradients(graph, seeds, wrt);
        } catch (GraphException e) {
            return false;
        }
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        // An output of its own for each: two inputs may have one gradient.
        for (Value input : wrt) {
            Value copy = graph.addNode("Identity", gradients.get(input)).output();
            copy.setType(input.type());
            graph.addOutput(copy);
        }
        graph.sort();
        graph.uniqueNames();
        List<Tensor> found = run(model, random);
        List<Tensor> nudged = Runs.of(model, Runs.nudged(random.inputs(), 1));
        boolean checked = compare(random, model, weights, wrt, found);
        Model passed = model.copy();
        Passes.inference().run(passed);
        List<Boolean> exact = wrt.stream().map(v -> false).toList();
        if (checked) {
            RewriteChecks.require(
                    "inference, of the gradient",
                    passed,
                    new Agreement(found, nudged, exact).difference(run(passed, random)));
        }
        return checked;
    }

    private static List<Tensor> run(Model model, RandomModel random) {
        try {
            return Runs.of(model, random.inputs());
        } catch (HoneException e) {
            throw new AssertionError(
                    "the runtime refuses the gradient: " + e.getMessage() + "\n" + GraphText.of(model), e);
        }
    }

    /** Of the outputs that are of the inputs' type; the same output counts once. */
    private static List<Tensor> weights(Graph graph, List<Tensor> outputs) {
        Random random = new Random(5);
        List<Tensor> weights = new ArrayList<>();
        ElementType type = graph.inputs().get(0).type();
        for (int i = 0; i < outputs.size(); i++) {
            Tensor y = outputs.get(i);
            double[] w = new double[(int) y.count()];
            for (int k = 0; k < w.length; k++) {
                w[k] = random.nextGaussian();
            }
            boolean first = graph.outputs().indexOf(graph.outputs().get(i)) == i;
            weights.add(
                    y.type() == type && first ? Tensor.ofDoubles(w, y.dims()).to(type) : null);
        }
        return weights;
    }

    private static boolean compare(
            RandomModel random, Model gradient, List<Tensor> weights, List<Value> wrt, List<Tensor> found) {
        boolean any = false;
        try (Runs.Open open = new Runs.Open(random.model())) {
            for (int i = 0; i < wrt.size(); i++) {
                String name = wrt.get(i).name();
                Tensor x = random.inputs().get(name);
                Tensor g = found.get(i);
                if (g.type() != x.type() || !java.util.Arrays.equals(g.dims(), x.dims())) {
                    throw new AssertionError(
                            "gradient of " + name + " is " + g + ", expected " + x + "\n" + GraphText.of(gradient));
                }
                for (int k = 0; k < DIRECTIONS; k++) {
                    any |= along(random, open, gradient, i, weights, name, g, k);
                }
            }
        }
        return any;
    }

    private static boolean along(
            RandomModel random,
            Runs.Open open,
            Model gradient,
            int input,
            List<Tensor> weights,
            String name,
            Tensor g,
            int seed) {
        Tensor x = random.inputs().get(name);
        double[] at = x.to(ElementType.DOUBLE).doubles();
        double[] direction = FiniteDifferences.randomDirection(at.length, seed);
        double[] size = new double[1];
        java.util.function.ToDoubleFunction<double[]> f = numbers -> {
            Map<String, Tensor> inputs = new LinkedHashMap<>(random.inputs());
            inputs.put(name, Tensor.ofDoubles(numbers, x.dims()).to(x.type()));
            return weighted(open.run(inputs), weights, size);
        };
        boolean wide = x.type() == ElementType.DOUBLE;
        double h = wide ? 2e-4 : 2e-2;
        double d1 = FiniteDifferences.along(f, at, direction, h);
        double d2 = FiniteDifferences.along(f, at, direction, h / 2.7);
        double d3 = FiniteDifferences.along(f, at, direction, h / 9);
        double noise = 8 * Runs.epsilon(x.type()) * size[0] / (h / 9);
        double[] gs = g.to(ElementType.DOUBLE).doubles();
        double product = 0;
        double sum = 0;
        for (int i = 0; i < gs.length; i++) {
            product += gs[i] * direction[i];
            sum += Math.abs(gs[i] * direction[i]);
        }
        double scale = Math.max(Math.abs(d2), 1e-3);
        double tolerance = (wide ? 1e-5 : 1e-2) * scale + noise + (wide ? 1e-9 : 1e-4) * sum;
        // Finite differences that depend on the step: a kink or a jump is near, or the function bends too much.
        if (!(Math.abs(d1 - d2) < tolerance / 4 && Math.abs(d2 - d3) < tolerance / 4) || !(noise <= 0.1 * scale)) {
            return false;
        }
        if (!(Math.abs(product - d2) <= tolerance)) {
            // A kink nearer than the smallest step looks the same at every step; the gradient beside it differs.
            if (changes(random, gradient, input, direction, h, product, tolerance)) {
                return false;
            }
            throw new AssertionError("gradient of " + name + " along direction " + seed + ": " + product
                    + ", finite differences give " + d2 + " within " + tolerance + "\n" + GraphText.of(random.model()));
        }
        return true;
    }

    /** Whether the gradient along a direction is another one a step further. */
    private static boolean changes(
            RandomModel random, Model gradient, int input, double[] direction, double h, double product, double most) {
        String name = random.model().graph().inputs().get(input).name();
        Tensor x = random.inputs().get(name);
        for (int sign = -1; sign <= 1; sign += 2) {
            double[] at = x.to(ElementType.DOUBLE).doubles();
            for (int i = 0; i < at.length; i++) {
                at[i] += sign * h * direction[i];
            }
            Map<String, Tensor> inputs = new LinkedHashMap<>(random.inputs());
            inputs.put(name, Tensor.ofDoubles(at, x.dims()).to(x.type()));
            double[] beside =
                    Runs.of(gradient, inputs).get(input).to(ElementType.DOUBLE).doubles();
            double found = 0;
            for (int i = 0; i < beside.length; i++) {
                found += beside[i] * direction[i];
            }
            if (!(Math.abs(found - product) <= most / 2)) {
                return true;
            }
        }
        return false;
    }

    private static double weighted(List<Tensor> outputs, List<Tensor> weights, double[] size) {
        double sum = 0;
        double magnitude = 0;
        for (int i = 0; i < outputs.size(); i++) {
            if (weights.get(i) != null) {
                double[] y = outputs.get(i).to(ElementType.DOUBLE).doubles();
                double[] w = weights.get(i).to(ElementType.DOUBLE).doubles();
                for (int k = 0; k < y.length; k++) {
                    sum += y[k] * w[k];
                    magnitude += Math.abs(y[k] * w[k]);
                }
            }
        }
        size[0] = Math.max(size[0], magnitude);
        return sum;
    }
}
