package dev.hone.property;

import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.rewrite.Pass;
import dev.hone.graph.rewrite.Passes;
import dev.hone.graph.verify.Verifier;
import java.util.List;

/** Whether a model computes the same after it was written and read, and after each pass. */
final class RewriteChecks {
    private RewriteChecks() {}

    /** @return false if ONNX Runtime itself does not run the model, so that nothing was checked */
    static boolean check(RandomModel random) {
        List<Tensor> expected;
        List<Tensor> nudged;
        try (Runs.Open open = new Runs.Open(random.model())) {
            expected = open.run(random.inputs());
            nudged = open.run(Runs.nudged(random.inputs(), 1));
        } catch (HoneException e) {
            return false;
        }
        Model model = random.model();
        List<Boolean> exact = model.graph().outputs().stream()
                .map(v -> random.exact().contains(v.name()))
                .toList();
        for (int i = 0; i < exact.size(); i++) {
            if (!java.util.Arrays.equals(expected.get(i).dims(), nudged.get(i).dims())) {
                return false;
            }
        }
        Agreement agreement = new Agreement(expected, nudged, exact);
        shapes(model, expected);
        require("verify", model, problems(model));
        Model read = OnnxReader.read(OnnxWriter.toBytes(model));
        require("write and read", read, agreement.difference(Runs.of(read, random.inputs())));
        for (Pass pass : Passes.all()) {
            Model copy = model.copy();
            if (run(pass, copy)) {
                require(pass.name() + ", verified", model, copy, problems(copy));
                require(pass.name(), model, copy, difference(agreement, copy, random));
            }
        }
        return true;
    }

    private static String problems(Model model) {
        List<String> problems = Verifier.problems(model);
        return problems.isEmpty() ? null : problems.toString();
    }

    private static boolean run(Pass pass, Model copy) {
        try {
            return pass.run(copy);
        } catch (RuntimeException e) {
            throw new AssertionError(pass.name() + " fails on\n" + GraphText.of(copy), e);
        }
    }

    private static String difference(Agreement agreement, Model model, RandomModel random) {
        try {
            return agreement.difference(Runs.of(model, random.inputs()));
        } catch (HoneException e) {
            return "the runtime refuses it: " + e.getMessage();
        }
    }

    /** What is inferred must hold. */
    private static void shapes(Model model, List<Tensor> actual) {
        for (int i = 0; i < actual.size(); i++) {
            Value value = model.graph().outputs().get(i);
            Shape shape = value.shape();
            long[] dims = actual.get(i).dims();
            boolean fits = shape == null || shape.rank() == dims.length;
            for (int axis = 0; fits && shape != null && axis < dims.length; axis++) {
                Dim dim = shape.dim(axis);
                fits = !dim.isConstant() || dim.is(dims[axis]);
            }
            require("shape inference", model, fits ? null : value + ", really " + java.util.Arrays.toString(dims));
        }
    }

    static void require(String what, Model model, String difference) {
        require(what, model, model, difference);
    }

    static void require(String what, Model original, Model model, String difference) {
        if (difference != null) {
            throw new AssertionError(what + ": " + difference + "\n" + GraphText.of(model)
                    + (original == model ? "" : "which was\n" + GraphText.of(original)));
        }
    }
}
