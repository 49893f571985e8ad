package dev.hone.graph.analysis;

import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.op.AxisLink;
import dev.hone.graph.op.AxisRules;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.InlineFunctions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the answer of a model for a row depends on the rows beside it in a batch. It does where a value of the rows is
 * one for all of them on its way to the answer:
 *
 * <ul>
 *   <li>a decision: the condition of an If, the number of steps or the end of a Loop;
 *   <li>a value without a batch axis: a sum or a largest value over it, a range for quantization, one row taken out;
 *   <li>an axis of the batch that is normalized, summed up or multiplied away;
 *   <li>a number of elements that were found in all rows (NonZero, Compress, NonMaxSuppression), where it is more than the size
 *       of a tensor.
 * </ul>
 *
 * <p>What was found itself belongs to the row where it was found, so that writing it back, as in {@code x[x > 1] = 0}, mixes
 * nothing. Neither do sizes of inputs, which are the same for every row. Operators of unknown shapes are taken not to mix.
 */
public final class BatchMixing {
    private static final Set<String> FINDS = Set.of("NonZero", "Compress", "NonMaxSuppression");

    /** The fixed batch, 0 where it is open. */
    private final long fixed;

    private final Set<String> symbols = new HashSet<>();

    /** Values that depend on elements of the inputs. */
    private final Set<Value> data = new HashSet<>();

    /** Values as long as what was found in the rows. */
    private final Set<Value> found = new HashSet<>();

    /** Numbers of what was found. */
    private final Set<Value> counts = new HashSet<>();

    private final Set<Node> mixing = new HashSet<>();

    private BatchMixing(long fixed) {
        this.fixed = fixed;
    }

    /** @param model stays as it is */
    public static boolean isIn(Model model) {
        try {
            int fixed = FixedBatch.of(model);
            if (fixed == 1) {
                return false;
            }
            Model copy = model.copy();
            InlineFunctions.run(copy);
            BatchMixing analysis = new BatchMixing(fixed);
            analysis.begin(copy.graph());
            ShapeInference.run(copy);
            analysis.walk(copy.graph());
            return analysis.reaches(copy.graph());
        } catch (HoneException e) {
            // Shapes that contradict each other say nothing of rows; one at a time is right for all models.
            return true;
        }
    }

    private void begin(Graph graph) {
        for (Value input : graph.inputs()) {
            Shape shape = input.shape();
            if (input.constant() != null || shape != null && !hasBatch(shape)) {
                continue;
            }
            data.add(input);
            if (shape != null && fixed == 0) {
                String name = shape.dim(0).isAnonymous()
                        ? graph.freshName("rows")
                        : shape.dim(0).toString();
                input.setShape(shape.with(0, Dim.symbol(name)));
                symbols.add(name);
            }
        }
    }

    private boolean hasBatch(Shape shape) {
        return shape.rank() > 0 && shape.dim(0).isConstant() == fixed > 0;
    }

    // ---- forwards: what depends on the rows, and where it becomes one

    private void walk(Graph graph) {
        graph.nodes().forEach(this::step);
    }

    private void step(Node node) {
        Collection<Value> reads = node.reads();
        if (OperatorTraits.is(node, Fact.SIZES)) {
            if (reads.stream().anyMatch(found::contains)) {
                counts.addAll(present(node));
            }
            return;
        }
        boolean ofFound = reads.stream().anyMatch(found::contains);
        if (!node.subgraphs().isEmpty()) {
            bodies(node);
        } else if (reads.stream().anyMatch(data::contains)) {
            data.addAll(present(node));
            if (reads.stream().anyMatch(counts::contains)) {
                if (isSized(node)) {
                    ofFound = true;
                } else {
                    mixing.add(node);
                }
            }
            ofFound |= FINDS.contains(node.op());
        } else if (reads.stream().anyMatch(counts::contains)) {
            if (isSized(node)) {
                ofFound = true;
            } else {
                counts.addAll(present(node));
            }
        }
        if (ofFound) {
            found.addAll(present(node));
        }
        if (isOneForAll(node)) {
            mixing.add(node);
        }
    }

    /** Whether numbers of what was found are no more than sizes of the output. */
    private boolean isSized(Node node) {
        return node.is("ConstantOfShape")
                || (node.is("Expand") || node.is("Reshape")) && !counts.contains(node.input(0));
    }

    private static List<Value> present(Node node) {
        return node.outputs().stream().filter(v -> v != null).toList();
    }

    private boolean depends(Value value) {
        return value != null && (data.contains(value) || counts.contains(value));
    }

    /** State goes round a body until nothing more depends on the rows. */
    private void bodies(Node node) {
        boolean loop = node.is("Loop");
        int skipped = loop ? 2 : 0;
        for (Graph body : node.subgraphs()) {
            int before;
            do {
                before = data.size() + found.size() + counts.size();
                for (int i = skipped; !node.is("If") && i < body.inputs().size(); i++) {
                    pass(node.input(i), body.inputs().get(i));
                    int states = states(node);
                    if (i - skipped < states) {
                        pass(body.outputs().get(loop ? i - 1 : i), body.inputs().get(i));
                    }
                }
                walk(body);
            } while (data.size() + found.size() + counts.size() > before);
            if (body.nodes().stream().anyMatch(mixing::contains)) {
                mixing.add(node);
            }
            for (int i = 0; i < node.outputs().size(); i++) {
                pass(body.outputs().get(loop ? i + 1 : i), node.output(i));
            }
            if (loop && depends(body.outputs().get(0))) {
                mixing.add(node);
            }
        }
        if (node.is("If") && depends(node.input(0)) || loop && (depends(node.input(0)) || depends(node.input(1)))) {
            mixing.add(node);
            data.addAll(present(node));
        }
    }

    private static int states(Node node) {
        return node.inputs().size() - (node.is("Loop") ? 2 : (int) node.intAttribute("num_scan_inputs", 0));
    }

    private void pass(Value from, Value to) {
        for (Set<Value> set : List.of(data, found, counts)) {
            if (from != null && to != null && set.contains(from)) {
                set.add(to);
            }
        }
    }

    private boolean isOneForAll(Node node) {
        boolean depends = node.inputs().stream().anyMatch(v -> v != null && data.contains(v));
        if (depends
                && (OperatorTraits.is(node, Fact.WHOLE)
                        || node.is("BatchNormalization") && node.intAttribute("training_mode", 0) == 1)) {
            return true;
        }
        for (Value output : present(node)) {
            if (data.contains(output)
                    && output.shape() != null
                    && output.shape().dims().stream().noneMatch(this::mayHoldRows)) {
                return true;
            }
        }
        return depends && AxisRules.links(node).stream().anyMatch(link -> mixes(node, link));
    }

    private boolean mixes(Node node, AxisLink link) {
        return link.kind() != AxisLink.Kind.KEPT
                && (isOfRows(node, link.from()) || !link.to().output() && isOfRows(node, link.to()));
    }

    private boolean isOfRows(Node node, AxisLink.End end) {
        Value value = node.input(end.index());
        Dim dim = value.shape().dim(end.axis());
        return data.contains(value)
                && (dim.isAnonymous() ? found.contains(value) : mayHoldRows(dim))
                && (fixed == 0 || end.axis() == 0);
    }

    private boolean mayHoldRows(Dim dim) {
        if (dim.isConstant()) {
            return fixed > 0 && dim.constant() % fixed == 0;
        }
        return dim.isAnonymous()
                || !dim.substitute(name -> symbols.contains(name) ? Dim.ONE : null)
                        .equals(dim);
    }

    // ---- backwards: whether that goes into an answer of rows

    /** A fixed first axis may be something else than a batch: then the outputs do not have it. */
    private boolean isOfRows(Shape shape) {
        if (fixed > 0) {
            return shape != null && shape.rank() > 0 && shape.dim(0).is(fixed);
        }
        return shape == null || shape.dims().stream().anyMatch(this::mayHoldRows);
    }

    private boolean reaches(Graph graph) {
        List<Value> rows = new ArrayList<>();
        for (Value output : graph.outputs()) {
            if (isOfRows(output.shape())) {
                rows.add(output);
            }
        }
        Set<Value> seen = new HashSet<>(rows);
        while (!rows.isEmpty()) {
            Node node = rows.remove(rows.size() - 1).producer();
            if (node == null) {
                continue;
            }
            if (mixing.contains(node)) {
                return true;
            }
            boolean sizes = OperatorTraits.is(node, Fact.SIZES);
            for (Value read : node.reads()) {
                if (read != null && (!sizes || found.contains(read)) && seen.add(read)) {
                    rows.add(read);
                }
            }
        }
        return false;
    }
}
