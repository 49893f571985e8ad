package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.rank;

import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Matrix products. The runtime fuses the transpositions written here into its matrix product. */
final class MatrixGradients {
    private MatrixGradients() {}

    static void add(GradientRules r) {
        r.broadcast("MatMul", MatrixGradients::left, MatrixGradients::right);
        r.broadcast("Gemm", MatrixGradients::gemmA, MatrixGradients::gemmB, (o, n, dy) -> {
            float beta = n.floatAttribute("beta", 1);
            return beta == 1 ? dy : o.mul(dy, beta);
        });
        r.joint("Einsum", MatrixGradients::einsum);
    }

    private static Value swapLast(Ops o, Value a, int rank) {
        long[] perm = new long[rank];
        for (int i = 0; i < rank; i++) {
            perm[i] = i;
        }
        perm[rank - 1] = rank - 2L;
        perm[rank - 2] = rank - 1L;
        return o.transpose(a, perm);
    }

    private static boolean isUnranked(Node n) {
        return n.input(0).shape() == null || n.input(1).shape() == null;
    }

    /** {@code dA = dY B^T} */
    private static Value left(Ops o, Node n, Value dy) {
        if (isUnranked(n)) {
            return new UnrankedProduct(o, n, dy).left();
        }
        int ra = rank(n, n.input(0));
        int rb = rank(n, n.input(1));
        Value b = rb == 1 ? o.unsqueeze(n.input(1), 1) : n.input(1);
        Value d = asMatrix(o, dy, ra, rb);
        Value da = o.matmul(d, swapLast(o, b, Math.max(2, rb)));
        return ra == 1 ? o.squeeze(da, -2) : da;
    }

    /** {@code dB = A^T dY} */
    private static Value right(Ops o, Node n, Value dy) {
        if (isUnranked(n)) {
            return new UnrankedProduct(o, n, dy).right();
        }
        int ra = rank(n, n.input(0));
        int rb = rank(n, n.input(1));
        Value a = ra == 1 ? o.unsqueeze(n.input(0), 0) : n.input(0);
        Value d = asMatrix(o, dy, ra, rb);
        Shape sa = a.shape();
        Shape sb = n.input(1).shape();
        if (ra > 2 && rb == 2 && sa.dim(-1).isConstant() && sb.dim(-1).isConstant()) {
            // One product over all rows, instead of a batch of products and a sum.
            Value rows = o.reshape(a, -1, sa.size(-1));
            return o.matmul(o.transpose(rows, 1, 0), o.reshape(d, -1, sb.size(-1)));
        }
        Value db = o.matmul(swapLast(o, a, Math.max(2, ra)), d);
        return rb == 1 ? o.squeeze(db, -1) : db;
    }

    /** Restores the axis that a product with a vector drops. */
    private static Value asMatrix(Ops o, Value dy, int ra, int rb) {
        Value d = rb == 1 ? o.unsqueeze(dy, -1) : dy;
        return ra == 1 ? o.unsqueeze(d, -2) : d;
    }

    private static Value gemmA(Ops o, Node n, Value dy) {
        boolean ta = n.intAttribute("transA", 0) != 0;
        boolean tb = n.intAttribute("transB", 0) != 0;
        return ta ? gemm(o, n, n.input(1), dy, tb, true) : gemm(o, n, dy, n.input(1), false, !tb);
    }

    private static Value gemmB(Ops o, Node n, Value dy) {
        boolean ta = n.intAttribute("transA", 0) != 0;
        boolean tb = n.intAttribute("transB", 0) != 0;
        return tb ? gemm(o, n, dy, n.input(0), true, ta) : gemm(o, n, n.input(0), dy, !ta, false);
    }

    private static Value gemm(Ops o, Node n, Value a, Value b, boolean transA, boolean transB) {
        float alpha = n.floatAttribute("alpha", 1);
        return o.op("Gemm", Map.of("alpha", alpha, "transA", transA, "transB", transB), a, b);
    }

    /** Sums over all axes but the last ones. */
    private static Value sumLeading(Ops o, Value a, int last) {
        if (a.shape() != null && a.shape().rank() == last) {
            return a;
        }
        if (a.shape() != null) {
            return o.reduceSum(
                    a, false, LongStream.range(0, a.shape().rank() - last).toArray());
        }
        Value axes = o.op("Range", number(o, 0), o.sub(o.op("Size", o.shapeOf(a)), number(o, last)), number(o, 1));
        return o.op("ReduceSum", Map.of("keepdims", 0, "noop_with_empty_axes", 1), a, axes);
    }

    private static Value number(Ops o, long value) {
        return o.constant(Tensor.ofLongs(new long[] {value}));
    }

    /**
     * For each operand, an Einsum of all other operands and the output gradient; indices that occur in no other term
     * (summed over alone) are expanded afterwards.
     */
    private static Value[] einsum(Ops o, Node n, List<Value> dy, boolean[] wanted) {
        String equation = n.stringAttribute("equation", "").replace(" ", "");
        int arrow = equation.indexOf("->");
        String[] terms = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
        String output = arrow < 0 ? implicitOutput(equation) : equation.substring(arrow + 2);
        Value[] gradients = new Value[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i]) {
                gradients[i] = einsum(o, n, dy.get(0), terms, output, i);
            }
        }
        return gradients;
    }

    private static Value einsum(Ops o, Node n, Value dy, String[] terms, String output, int i) {
        StringBuilder equation = new StringBuilder(output);
        List<Value> operands = new ArrayList<>(List.of(dy));
        String own = withoutRepeats(o, n, terms, i, equation, operands);
        for (int k = 0; k < terms.length; k++) {
            if (k != i) {
                equation.append(',').append(terms[k]);
                operands.add(n.input(k));
            }
        }
        String others = equation.toString();
        StringBuilder kept = new StringBuilder();
        List<Integer> alone = new ArrayList<>();
        int letter = 0;
        for (char c : own.toCharArray()) {
            if (c == '.' || others.indexOf(c) >= 0) {
                kept.append(c);
            } else {
                alone.add(own.contains("...") && own.indexOf('.') < letter ? letter - own.length() : letter);
            }
            letter++;
        }
        // The runtime takes no ellipsis that the result lacks: what it stands for is summed afterwards.
        boolean leading = others.contains("...") && !own.contains("...");
        equation.append(leading ? "->..." : "->").append(kept);
        Value gradient = o.op("Einsum", Map.of("equation", equation.toString()), operands.toArray(Value[]::new));
        if (leading) {
            gradient = sumLeading(o, gradient, kept.length());
        }
        if (!alone.isEmpty()) {
            gradient = o.unsqueeze(
                    gradient, alone.stream().mapToLong(Integer::longValue).toArray());
        }
        if (own.contains("...")) {
            gradient = alone.isEmpty() ? gradient : o.op("Expand", gradient, o.shapeOf(n.input(i)));
            return Broadcast.reduceTo(o, gradient, n.input(i));
        }
        return alone.isEmpty() ? gradient : o.expandLike(gradient, n.input(i));
    }

    /**
     * A diagonal {@code ii} is the sum over {@code ij} with the identity, which becomes one more operand; the term then has
     * each index once.
     */
    private static String withoutRepeats(
            Ops o, Node n, String[] terms, int i, StringBuilder equation, List<Value> operands) {
        StringBuilder own = new StringBuilder();
        String used = String.join("", terms);
        char fresh = 'A';
        for (int at = 0; at < terms[i].length(); at++) {
            char c = terms[i].charAt(at);
            if (c == '.' || own.indexOf(String.valueOf(c)) < 0) {
                own.append(c);
                continue;
            }
            while (used.indexOf(fresh) >= 0) {
                fresh++;
            }
            if (fresh > 'Z') {
                throw new GraphException(n, "has no gradient with more than 26 indices in capital letters");
            }
            int axis = terms[i].contains("...") && terms[i].indexOf('.') < at ? at - terms[i].length() : at;
            equation.append(',').append(c).append(fresh);
            operands.add(identity(o, n.input(i), axis));
            own.append(fresh++);
        }
        return own.toString();
    }

    private static Value identity(Ops o, Value like, int axis) {
        Map<String, Object> one = new LinkedHashMap<>(Map.of("start", axis));
        if (axis != -1) {
            one.put("end", axis + 1);
        }
        Value extent = o.op("Shape", one, like);
        Value zeros = o.op(
                "ConstantOfShape",
                Map.of("value", Tensor.filled(Expressions.type(like), 0, 1)),
                o.concat(0, List.of(extent, extent)));
        return o.op("EyeLike", zeros);
    }

    /** Without an arrow, the output consists of the ellipsis and the indices that occur once, in alphabetical order. */
    private static String implicitOutput(String equation) {
        Map<Character, Integer> count = new LinkedHashMap<>();
        equation.chars().filter(Character::isLetter).sorted().forEach(c -> count.merge((char) c, 1, Integer::sum));
        StringBuilder output = new StringBuilder(equation.contains("...") ? "..." : "");
        count.forEach((c, times) -> output.append(times == 1 ? c.toString() : ""));
        return output.toString();
    }
}
