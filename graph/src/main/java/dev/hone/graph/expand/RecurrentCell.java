package dev.hone.graph.expand;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** One direction of a recurrent layer: its weights, and what a step computes. */
abstract class RecurrentCell {
    final Ops o;
    final Node n;
    final RecurrentActivations activations;
    /** [I,gates H], [H,gates H]: transposed, since rows are multiplied from the left. */
    final Value w;

    final Value r;
    private final Value units;
    /** The biases of the input and of the state, [gates H]; null if there are none. */
    final Value wb;

    final Value rb;

    private RecurrentCell(Ops o, Node n, RecurrentActivations activations, IntFunction<Value> weights) {
        this.o = o;
        this.n = n;
        this.activations = activations;
        this.w = o.transpose(Sizes.ranked(o, weights.apply(1), 2), 1, 0);
        this.r = o.transpose(Sizes.ranked(o, weights.apply(2), 2), 1, 0);
        this.units = n.has("hidden_size") ? o.vector(n.intAttribute("hidden_size", 0)) : Sizes.of(o, r, 0);
        Value biases = Sizes.ranked(o, weights.apply(3), 1);
        List<Value> halves = biases == null ? null : split(o, biases, 2);
        this.wb = halves == null ? null : halves.get(0);
        this.rb = halves == null ? null : halves.get(1);
    }

    /**
     * @param d the direction
     * @param weights what the direction has of an input of the node, null if the input is absent
     */
    static RecurrentCell of(Ops o, Node n, int d, int directions, IntFunction<Value> weights) {
        RecurrentActivations activations = RecurrentActivations.of(n, d, directions);
        return switch (n.op()) {
            case "LSTM" -> new Lstm(o, n, activations, weights);
            case "GRU" -> new Gru(o, n, activations, weights);
            default -> new Rnn(o, n, activations, weights);
        };
    }

    /** H, as a vector of one element. */
    Value units() {
        return units;
    }

    /** How many states it has; the first is the output. */
    abstract int states();

    /** The states after a step, from those before and the projected input [N,gates H]. */
    abstract List<Value> step(Ops b, List<Value> states, Value input);

    /** {@code X W^T} and what biases do not depend on the state, [T,N,gates H]. */
    Value project(Value x) {
        Value product = o.matmul(x, w);
        return wb == null ? product : o.add(product, o.add(wb, rb));
    }

    /** Equal parts of the last axis. */
    static List<Value> split(Ops o, Value a, int parts) {
        return o.node("", "Split", Map.of("axis", -1, "num_outputs", parts), parts, a)
                .outputs();
    }

    /** The first gates, [N,first H], and the last block, [N,H]. */
    private static List<Value> splitLast(Ops o, Value a, Value sizes) {
        return o.node("", "Split", Map.of("axis", -1), 2, a, sizes).outputs();
    }

    /** The sizes of some blocks and of one, as the outer graph knows them. */
    final Value sizes(int first) {
        return units.isConstant()
                ? o.vector(units.constant().longs()[0] * first, units.constant().longs()[0])
                : o.concat(0, List.of(o.mul(units, first), units));
    }

    private static final class Rnn extends RecurrentCell {
        Rnn(Ops o, Node n, RecurrentActivations activations, IntFunction<Value> weights) {
            super(o, n, activations, weights);
        }

        @Override
        int states() {
            return 1;
        }

        /** {@code h' = f(X W^T + h R^T)} */
        @Override
        List<Value> step(Ops b, List<Value> states, Value input) {
            return List.of(activations.apply(b, 0, b.add(input, b.matmul(states.get(0), r))));
        }
    }

    private static final class Gru extends RecurrentCell {
        private final boolean resetAfter;
        /** The columns of {@code r} for the two gates and for the candidate, and the latter's bias. */
        private final Value gateWeights;

        private final Value candidateWeights;
        private final Value candidateBias;
        private final Value sizes;

        Gru(Ops o, Node n, RecurrentActivations activations, IntFunction<Value> weights) {
            super(o, n, activations, weights);
            this.resetAfter = n.intAttribute("linear_before_reset", 0) != 0;
            this.sizes = sizes(2);
            List<Value> parts = splitLast(o, r, sizes);
            this.gateWeights = parts.get(0);
            this.candidateWeights = parts.get(1);
            this.candidateBias = rb == null ? null : splitLast(o, rb, sizes).get(1);
        }

        @Override
        int states() {
            return 1;
        }

        @Override
        Value project(Value x) {
            if (!resetAfter || wb == null) {
                return super.project(x);
            }
            Value early = o.concat(0, List.of(splitLast(o, rb, sizes).get(0), o.mul(candidateBias, 0)));
            return o.add(o.matmul(x, w), o.add(wb, early));
        }

        /**
         * {@code z = f(..)}, {@code r = f(..)}, {@code c = g(X W^T + (r h) R^T)} or, with linear_before_reset,
         * {@code g(X W^T + r (h R^T + b))}; {@code h' = (1 - z) c + z h}
         */
        @Override
        List<Value> step(Ops b, List<Value> states, Value input) {
            Value h = states.get(0);
            List<Value> in = splitLast(b, input, sizes);
            Value gates = b.add(in.get(0), b.matmul(h, gateWeights));
            List<Value> zr = split(b, activations.apply(b, 0, gates), 2);
            Value z = zr.get(0);
            Value reset = zr.get(1);
            Value candidate;
            if (resetAfter) {
                Value product = b.matmul(h, candidateWeights);
                candidate = b.mul(reset, candidateBias == null ? product : b.add(product, candidateBias));
            } else {
                candidate = b.matmul(b.mul(reset, h), candidateWeights);
            }
            Value c = activations.apply(b, 1, b.add(in.get(1), candidate));
            return List.of(b.add(c, b.mul(z, b.sub(h, c))));
        }
    }

    private static final class Lstm extends RecurrentCell {
        /** The peepholes of input, output and forget gate, [H]; null if there are none. */
        private final List<Value> peepholes;

        private final boolean coupled;
        private final Value sizes;

        Lstm(Ops o, Node n, RecurrentActivations activations, IntFunction<Value> weights) {
            super(o, n, activations, weights);
            this.sizes = sizes(3);
            this.coupled = n.intAttribute("input_forget", 0) != 0;
            Value all = Sizes.ranked(o, weights.apply(7), 1);
            this.peepholes = all == null ? null : split(o, all, 3);
        }

        @Override
        int states() {
            return 2;
        }

        /**
         * Gates i, o, f of {@code X W^T + h R^T + P c} and candidate g; {@code c' = f c + i g}, where the output gate sees
         * c'; {@code h' = o h(c')}
         */
        @Override
        List<Value> step(Ops b, List<Value> states, Value input) {
            Value c = states.get(1);
            Value all = b.add(input, b.matmul(states.get(0), r));
            List<Value> blocks = splitLast(b, all, sizes);
            List<Value> gates = split(b, peepholes == null ? activations.apply(b, 0, blocks.get(0)) : blocks.get(0), 3);
            Value i = gate(b, gates, 0, c);
            Value f = coupled ? b.sub(b.constantLike(i, 1), i) : gate(b, gates, 2, c);
            Value g = activations.apply(b, 1, blocks.get(1));
            Value next = b.add(b.mul(f, c), b.mul(i, g));
            Value out = gate(b, gates, 1, next);
            return List.of(b.mul(out, activations.applyUnclipped(b, 2, next)), next);
        }

        private Value gate(Ops b, List<Value> gates, int index, Value c) {
            Value gate = gates.get(index);
            return peepholes == null ? gate : activations.apply(b, 0, b.add(gate, b.mul(peepholes.get(index), c)));
        }
    }
}
