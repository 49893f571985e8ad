package dev.hone.graph.analysis;

import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.op.ShapeInference;
import java.util.HashMap;
import java.util.Map;

/** How many samples a model takes at once, where it takes a fixed number. */
public final class FixedBatch {
    private FixedBatch() {}

    /**
     * The first axis of the inputs where it is a number and the same for all of them, 0 where it is open.
     *
     * @throws HoneException if inputs have different fixed sizes there
     */
    public static int of(Model model) {
        long fixed = 0;
        for (Value input : model.graph().inputs()) {
            Shape shape = input.shape();
            if (input.constant() != null
                    || shape == null
                    || shape.rank() == 0
                    || !shape.dim(0).isConstant()) {
                continue;
            }
            long size = shape.dim(0).constant();
            if (fixed != 0 && fixed != size) {
                throw new HoneException("inputs of the model take " + fixed + " and " + size
                        + " rows at once, expected the same number of samples for all of them");
            }
            fixed = size;
        }
        return Math.toIntExact(fixed);
    }

    /**
     * Makes a batch a number that a file declares as open although it is one: all outputs have a fixed first axis, and
     * twice as many rows contradict the shapes. Exporters leave this where a network reshapes to the batch that it was
     * traced with. The first axis of a network that pools over it stays open.
     */
    public static void bind(Model model) {
        Graph graph = model.graph();
        if (graph.inputs().stream().noneMatch(FixedBatch::isOpen)) {
            return;
        }
        try {
            ShapeInference.run(model);
        } catch (HoneException e) {
            // Contradictions are reported where they matter.
            return;
        }
        long rows = 0;
        for (Value output : graph.outputs()) {
            Shape shape = output.shape();
            boolean same = shape != null
                    && shape.rank() > 1
                    && shape.dim(0).isConstant()
                    && (rows == 0 || shape.dim(0).constant() == rows);
            if (!same) {
                return;
            }
            rows = shape.dim(0).constant();
        }
        if (rows == 0 || fits(model.copy(), 2 * rows)) {
            return;
        }
        setRows(graph, rows);
    }

    private static boolean fits(Model copy, long rows) {
        try {
            ShapeInference.clear(copy.graph());
            setRows(copy.graph(), rows);
            return true;
        } catch (HoneException e) {
            return false;
        }
    }

    private static void setRows(Graph graph, long rows) {
        Map<String, Dim> symbols = new HashMap<>();
        for (Value input : graph.inputs()) {
            if (isOpen(input)) {
                symbols.put(input.shape().dim(0).toString(), Dim.of(rows));
                input.setShape(input.shape().with(0, Dim.of(rows)));
            }
        }
        ShapeInference.bind(graph, symbols);
    }

    private static boolean isOpen(Value input) {
        Shape shape = input.shape();
        return input.constant() == null
                && shape != null
                && shape.rank() > 0
                && !shape.dim(0).isConstant();
    }
}
