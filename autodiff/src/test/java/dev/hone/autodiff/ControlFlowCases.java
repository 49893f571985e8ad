package dev.hone.autodiff;

import static dev.hone.autodiff.OperatorCase.absent;
import static dev.hone.autodiff.OperatorCase.fixed;
import static dev.hone.autodiff.OperatorCase.normal;
import static dev.hone.autodiff.OperatorCase.of;

import dev.hone.autodiff.OperatorCase.Known;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Rows of operators with bodies. Bodies are built anew for each graph. */
final class ControlFlowCases {
    private static final OperatorCase.Input THREE = fixed(Tensor.scalar(3L));

    private ControlFlowCases() {}

    static List<OperatorCase> all() {
        OperatorCase loop = of("Loop", THREE, absent(), normal(2, 3)).outputs(2);
        OperatorCase twoStates = of("Loop", THREE, fixed(Tensor.ofBools(new boolean[] {true})), normal(2, 3), normal(3))
                .outputs(3);
        OperatorCase scan = of("Scan", normal(3), normal(4, 3))
                .with("num_scan_inputs", 1)
                .runs(Known.RANK)
                .outputs(2);
        return List.of(
                loop.with("body", body("counted", 1, (b, s) -> null)).order(2),
                twoStates.with("body", body("two states", 2, (b, s) -> null)),
                loop.with("body", body("ended by its steps", 1, (b, s) -> {
                    return b.op("Less", b.graph().inputs().get(0), b.constant(Tensor.scalar(1L)));
                })),
                loop.with("body", body("ended by its state", 1, (b, s) -> {
                    Value sum = b.op("ReduceSum", b.cast(b.op("Abs", s), ElementType.FLOAT));
                    return b.op("Less", b.squeeze(sum, 0, 1), b.constant(9f));
                })),
                loop.with("body", around("an If inside", ControlFlowCases::choice)),
                loop.with("body", around("a Loop inside", ControlFlowCases::inner)),
                scan.with("body", scanned("an If inside", ControlFlowCases::choice)),
                scan.with("body", scanned("a Loop inside", ControlFlowCases::inner)),
                scan.with("body", scanned("a Scan inside", ControlFlowCases::innerScan)));
    }

    private record Named(String name, Supplier<Graph> graph) implements Supplier<Graph> {
        @Override
        public Graph get() {
            return graph.get();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** States of tanh(s) s, each times the next one, and a result s s. @param go null if only the trip count ends it */
    private static Supplier<Graph> body(String name, int states, BiFunction<Ops, Value, Value> go) {
        return new Named(name, () -> {
            Graph body = new Graph("body");
            Ops b = new Ops(body);
            body.addInput("i", ElementType.INT64, Shape.SCALAR);
            Value before = body.addInput("go", ElementType.BOOL, Shape.SCALAR);
            for (int i = 0; i < states; i++) {
                body.addInput("s" + i, null, null);
            }
            Value first = body.inputs().get(2);
            Value after = go.apply(b, first);
            body.addOutput(after == null ? b.op("Identity", before) : after);
            for (int i = 0; i < states; i++) {
                Value s = body.inputs().get(2 + i);
                body.addOutput(i == 0 ? b.mul(b.op("Tanh", s), body.inputs().get(2 + (1 % states))) : b.op("Sin", s));
            }
            body.addOutput(b.mul(first, first));
            return body;
        });
    }

    private static Supplier<Graph> around(String name, BiFunction<Ops, Value, Value> step) {
        return new Named(name, () -> {
            Graph body = new Graph("body");
            Ops b = new Ops(body);
            body.addInput("i", ElementType.INT64, Shape.SCALAR);
            Value go = body.addInput("go", ElementType.BOOL, Shape.SCALAR);
            Value s = body.addInput("s", null, null);
            body.addOutput(b.op("Identity", go));
            body.addOutput(step.apply(b, b.op("Tanh", s)));
            body.addOutput(b.mul(s, s));
            return body;
        });
    }

    private static Supplier<Graph> scanned(String name, BiFunction<Ops, Value, Value> step) {
        return new Named(name, () -> {
            Graph body = new Graph("body");
            Ops b = new Ops(body);
            Value s = body.addInput("s", null, null);
            Value x = body.addInput("x", null, null);
            Value next = step.apply(b, b.add(b.op("Tanh", s), x));
            body.addOutput(next);
            body.addOutput(b.mul(next, x));
            return body;
        });
    }

    /** sin x or x x, by the sign of the sum. */
    private static Value choice(Ops o, Value x) {
        Value sum = o.op("ReduceSum", java.util.Map.of("keepdims", 0), o.cast(x, ElementType.FLOAT));
        Node node = o.graph().addNode("", "If", List.of(o.op("Greater", sum, o.constant(0f))));
        for (String name : List.of("then_branch", "else_branch")) {
            Graph branch = new Graph(name);
            node.set(name, branch);
            Ops b = new Ops(branch);
            branch.addOutput(name.startsWith("then") ? b.op("Sin", x) : b.mul(x, x));
        }
        return node.addOutput(o.graph().freshName("chosen"));
    }

    private static Value inner(Ops o, Value x) {
        Node node = o.graph().addNode("", "Loop", Arrays.asList(o.constant(Tensor.scalar(2L)), null, x));
        Graph body = new Graph("inner");
        node.set("body", body);
        Ops b = new Ops(body);
        body.addInput("j", ElementType.INT64, Shape.SCALAR);
        Value go = body.addInput("on", ElementType.BOOL, Shape.SCALAR);
        Value s = body.addInput("t", null, null);
        body.addOutput(b.op("Identity", go));
        body.addOutput(b.mul(b.op("Sin", s), x));
        return node.addOutput(o.graph().freshName("looped"));
    }

    /** Over the elements of x. */
    private static Value innerScan(Ops o, Value x) {
        Node node = o.graph().addNode("", "Scan", List.of(x, x));
        node.set("num_scan_inputs", 1);
        Graph body = new Graph("inner");
        node.set("body", body);
        Ops b = new Ops(body);
        Value s = body.addInput("t", null, null);
        Value element = body.addInput("e", null, null);
        body.addOutput(b.add(b.op("Sin", s), b.mul(element, x)));
        return node.addOutput(o.graph().freshName("scanned"));
    }
}
