package dev.hone.graph.expand;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@code LSTM}, {@code GRU} and {@code RNN}: one Scan over the steps per direction, whose body is the cell ({@link
 * RecurrentCell}). The products of the input with W are computed for all steps at once before it.
 *
 * <p>X [T,N,I], W [D,gates H,I], R [D,gates H,H], B [D,2 gates H], Y [T,D,N,H], states [D,N,H]; with layout 1, X [N,T,I],
 * Y [N,T,D,H], states [N,D,H]. From the length of a sequence on, its state stays and its output is zero.
 */
final class RecurrentExpansions {
    private final Ops o;
    private final Node n;
    private final boolean batchFirst;
    private final Value x;
    private final int directions;

    private RecurrentExpansions(Ops o, Node n) {
        this.o = o;
        this.n = n;
        this.directions = n.stringAttribute("direction", "forward").equals("bidirectional") ? 2 : 1;
        this.batchFirst = n.intAttribute("layout", 0) != 0;
        Value input = Sizes.ranked(o, n.input(0), 3);
        this.x = batchFirst ? o.transpose(input, 1, 0, 2) : input;
    }

    static void register(Map<String, Expansion> table) {
        for (String name : new String[] {"LSTM", "GRU", "RNN"}) {
            table.put(name, (o, n) -> new RecurrentExpansions(o, n).layer());
        }
    }

    private List<Value> layer() {
        String direction = n.stringAttribute("direction", "forward");
        List<List<Value>> results = new ArrayList<>();
        for (int d = 0; d < directions; d++) {
            results.add(direction(d, direction.equals("reverse") || d == 1));
        }
        List<Value> outputs = new ArrayList<>();
        for (int i = 0; i < results.get(0).size(); i++) {
            int axis = i == 0 ? 1 : 0;
            List<Value> parts = new ArrayList<>();
            for (List<Value> result : results) {
                parts.add(o.unsqueeze(result.get(i), axis));
            }
            Value joined = o.concat(axis, parts);
            outputs.add(!batchFirst ? joined : i == 0 ? o.transpose(joined, 2, 0, 1, 3) : o.transpose(joined, 1, 0, 2));
        }
        return outputs;
    }

    /** Y [T,N,H] and the last states [N,H] of one direction. */
    private List<Value> direction(int d, boolean reverse) {
        RecurrentCell cell = RecurrentCell.of(o, n, d, directions, i -> of(i, d));
        int states = cell.states();
        List<Value> inputs = new ArrayList<>();
        for (int i = 0; i < states; i++) {
            inputs.add(initial(5 + i, d, cell.units()));
        }
        inputs.add(cell.project(x));
        Value lengths = Sizes.ranked(o, n.input(4), 1);
        if (lengths != null) {
            Value steps = o.cast(Sizes.range(o, x, 0), ElementType.INT32);
            inputs.add(o.op("Less", o.unsqueeze(steps, 1, 2), o.unsqueeze(lengths, 1)));
        }
        Node scan = o.graph().addNode("", "Scan", inputs);
        Graph body = new Graph(n.op());
        scan.set("body", body);
        int scanned = inputs.size() - states;
        scan.set("num_scan_inputs", scanned);
        if (reverse) {
            long[] backwards = new long[scanned];
            Arrays.fill(backwards, 1);
            scan.set("scan_input_directions", backwards);
            scan.set("scan_output_directions", new long[] {1});
        }
        step(cell, body, inputs);
        for (int i = 0; i <= states; i++) {
            scan.addOutput(o.graph().freshName("Scan"));
        }
        ShapeRules.infer(scan);
        List<Value> result = new ArrayList<>(List.of(scan.output(states)));
        result.addAll(scan.outputs().subList(0, states));
        return result;
    }

    private void step(RecurrentCell cell, Graph body, List<Value> outer) {
        Ops b = new Ops(body);
        int states = cell.states();
        List<Value> formals = new ArrayList<>();
        for (int i = 0; i < outer.size(); i++) {
            Value given = outer.get(i);
            String name = o.graph().freshName(i < states ? "state" : "step");
            Value formal = body.addInput(name, given.type(), null);
            if (given.shape() != null) {
                List<Dim> dims = given.shape().dims();
                formal.setShape(i < states ? given.shape() : new Shape(dims.subList(1, dims.size())));
            }
            formals.add(formal);
        }
        List<Value> before = formals.subList(0, states);
        List<Value> after = cell.step(b, before, formals.get(states));
        Value y = after.get(0);
        if (formals.size() > states + 1) {
            Value runs = formals.get(states + 1);
            List<Value> kept = new ArrayList<>();
            for (int i = 0; i < states; i++) {
                kept.add(b.op("Where", runs, after.get(i), before.get(i)));
            }
            y = b.op("Where", runs, y, b.constantLike(y, 0));
            after = kept;
        }
        after.forEach(body::addOutput);
        body.addOutput(b.op("Identity", y));
    }

    /** What a direction has of an input [D,...]; null if the input is absent. */
    private Value of(int input, int d) {
        return of(Sizes.ranked(o, n.input(input), input == 1 || input == 2 ? 3 : 2), 0, d);
    }

    private Value of(Value all, int axis, int d) {
        if (all == null) {
            return null;
        }
        Value own = directions == 1 ? all : o.slice(all, axis, d, d + 1L, 1);
        return o.squeeze(own, axis);
    }

    /** An initial state [N,H]; zeros if the input is absent. */
    private Value initial(int input, int d, Value units) {
        if (n.input(input) != null) {
            return of(Sizes.ranked(o, n.input(input), 3), batchFirst ? 1 : 0, d);
        }
        Map<String, Object> zero = Map.of("value", Tensor.filled(Sizes.type(x), 0, 1));
        return o.op("ConstantOfShape", zero, Sizes.join(o, Sizes.of(o, x, 1), units));
    }

    static GraphException unsupported(Node n, String what) {
        return new GraphException(n, "has no gradient with " + what);
    }
}
