package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Products of matrices. */
final class MatrixShapes {
    private MatrixShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("MatMul", n -> n.output(0, product(n, n.shape(0), n.shape(1))));
        table.put("MatMulInteger", n -> n.output(0, product(n, n.shape(0), n.shape(1))));
        table.put("QLinearMatMul", n -> n.output(0, product(n, n.shape(0), n.shape(3))));
        table.put("com.microsoft.MatMulIntegerToFloat", n -> n.output(0, product(n, n.shape(0), n.shape(1))));
        table.put("com.microsoft.DynamicQuantizeMatMul", n -> n.output(0, product(n, n.shape(0), n.shape(1))));
        table.put("com.microsoft.FusedMatMul", MatrixShapes::fused);
        table.put("com.microsoft.MatMulNBits", MatrixShapes::packedWeights);
        table.put("Gemm", n -> gemm(n, 0, 1, 2));
        table.put("com.microsoft.FusedGemm", n -> gemm(n, 0, 1, 2));
        table.put("com.microsoft.QGemm", MatrixShapes::quantizedGemm);
        table.put("Einsum", MatrixShapes::einsum);
        table.put("Det", MatrixShapes::determinant);
    }

    /** As NumPy's {@code matmul}: [...,M,K] by [...,K,N] gives [...,M,N]; a vector gets an axis of 1, taken off again. */
    private static Shape product(ShapeContext n, Shape a, Shape b) {
        if (a == null || b == null) {
            return null;
        }
        if (a.rank() == 0 || b.rank() == 0) {
            throw n.error("cannot multiply a scalar as a matrix; inputs " + n.inputs());
        }
        n.require(a.dim(-1), b.dim(b.rank() == 1 ? 0 : -2), "inner dimensions of " + a + " and " + b);
        Shape batchA = new Shape(a.dims().subList(0, Math.max(0, a.rank() - 2)));
        Shape batchB = new Shape(b.dims().subList(0, Math.max(0, b.rank() - 2)));
        List<Dim> dims = new ArrayList<>(n.broadcast(batchA, batchB).dims());
        if (a.rank() > 1) {
            dims.add(a.dim(-2));
        }
        if (b.rank() > 1) {
            dims.add(b.dim(-1));
        }
        return new Shape(dims);
    }

    private static void fused(ShapeContext n) {
        if (n.flag("transBatchA", false) || n.flag("transBatchB", false)) {
            return;
        }
        Shape a = n.shape(0);
        Shape b = n.shape(1);
        n.output(0, product(n, n.flag("transA", false) ? swapped(a) : a, n.flag("transB", false) ? swapped(b) : b));
    }

    private static Shape swapped(Shape s) {
        return s == null || s.rank() < 2 ? s : s.with(-1, s.dim(-2)).with(-2, s.dim(-1));
    }

    private static void packedWeights(ShapeContext n) {
        Shape a = n.shape(0);
        if (a != null && a.rank() > 0) {
            n.require(a.dim(-1), Dim.of(n.attribute("K", 0)), "inner dimension of " + a + " and attribute K");
            n.output(0, a.with(-1, Dim.of(n.attribute("N", 0))));
        }
    }

    /** A [M,K] (or its transpose) by B [K,N] (or its transpose), plus C, which broadcasts to [M,N]. */
    private static void gemm(ShapeContext n, int aInput, int bInput, int cInput) {
        Shape a = n.shape(aInput);
        Shape b = n.shape(bInput);
        if (a == null || b == null) {
            return;
        }
        if (a.rank() != 2 || b.rank() != 2) {
            throw n.error("expected two matrices, found " + a + " and " + b);
        }
        boolean transA = n.flag("transA", false);
        boolean transB = n.flag("transB", false);
        n.require(a.dim(transA ? 0 : 1), b.dim(transB ? 1 : 0), "inner dimensions of " + a + " and " + b);
        Shape y = Shape.of(a.dim(transA ? 1 : 0), b.dim(transB ? 0 : 1));
        Shape c = n.shape(cInput);
        if (c != null) {
            Shape together = n.broadcast(y, c);
            boolean grows = together.rank() > 2;
            for (int i = 0; i < 2 && !grows; i++) {
                grows = together.dim(i).isConstant()
                        && y.dim(i).isConstant()
                        && !together.dim(i).equals(y.dim(i));
            }
            if (grows) {
                throw n.error("C of shape " + c + " does not broadcast to " + y);
            }
        }
        n.output(0, y);
    }

    /** Of the type of the output's zero point, float without one. */
    private static void quantizedGemm(ShapeContext n) {
        gemm(n, 0, 3, 6);
        n.outputType(0, n.has(8) ? n.type(8) : ElementType.FLOAT);
    }

    private static void determinant(ShapeContext n) {
        n.requireRank(0, 2, "a determinant");
        Shape x = n.shape(0);
        if (x != null) {
            n.require(x.dim(-1), x.dim(-2), "rows and columns of " + x);
            n.output(0, new Shape(x.dims().subList(0, x.rank() - 2)));
        }
    }

    // ---- Einsum

    /** The labels of an equation's terms, one string each, {@code .} standing for an ellipsis; the output last. */
    static List<String> einsumTerms(ShapeContext n) {
        String equation =
                n.node().stringAttribute("equation", "").replace(" ", "").replace("...", ".");
        int arrow = equation.indexOf("->");
        String left = arrow < 0 ? equation : equation.substring(0, arrow);
        List<String> terms = new ArrayList<>(List.of(left.split(",", -1)));
        if (arrow >= 0) {
            terms.add(equation.substring(arrow + 2));
        } else {
            // Without an arrow: the ellipsis, then the labels that occur once, in alphabetical order.
            Map<Character, Integer> count = new TreeMap<>();
            for (char c : left.replace(",", "").toCharArray()) {
                count.merge(c, 1, Integer::sum);
            }
            StringBuilder output = new StringBuilder(count.containsKey('.') ? "." : "");
            count.forEach((label, times) -> {
                if (times == 1 && label != '.') {
                    output.append(label);
                }
            });
            terms.add(output.toString());
        }
        if (terms.size() != n.node().inputs().size() + 1) {
            throw n.error("equation " + n.node().stringAttribute("equation", "") + " has " + (terms.size() - 1)
                    + " terms for " + n.node().inputs().size() + " inputs");
        }
        return terms;
    }

    /** What each label measures; null if an input's rank is not known. An ellipsis becomes the labels 0, 1, ... */
    static Map<Character, Dim> einsumDims(ShapeContext n, List<String> terms) {
        Map<Character, Dim> dims = new LinkedHashMap<>();
        for (int i = 0; i < terms.size() - 1; i++) {
            Shape shape = n.shape(i);
            if (shape == null) {
                return null;
            }
            String labels = spread(terms.get(i), shape.rank());
            if (labels.length() != shape.rank()) {
                throw n.error("the term " + terms.get(i) + " does not fit the input " + shape);
            }
            for (int axis = 0; axis < labels.length(); axis++) {
                char label = labels.charAt(axis);
                Dim dim = shape.dim(axis);
                Dim known = dims.get(label);
                boolean stretch = known != null && (known.is(1) || dim.is(1));
                dims.put(
                        label,
                        known == null
                                ? dim
                                : stretch ? (known.is(1) ? dim : known) : n.same(known, dim, "einsum label " + label));
            }
        }
        return dims;
    }

    /** A term with its ellipsis written out as labels {@code ...3 2 1 0}, counted from the last, as broadcasting does. */
    private static String spread(String term, int rank) {
        int dot = term.indexOf('.');
        if (dot < 0) {
            return term;
        }
        StringBuilder labels = new StringBuilder();
        for (int i = rank - (term.length() - 1) - 1; i >= 0; i--) {
            labels.append((char) ('0' + i));
        }
        return term.replace(".", labels);
    }

    private static void einsum(ShapeContext n) {
        List<String> terms = einsumTerms(n);
        Map<Character, Dim> dims = einsumDims(n, terms);
        if (dims == null) {
            return;
        }
        String output = terms.get(terms.size() - 1);
        long ellipsis = dims.keySet().stream().filter(Character::isDigit).count();
        List<Dim> result = new ArrayList<>();
        for (char label : spread(output, output.length() - 1 + (int) ellipsis).toCharArray()) {
            Dim dim = dims.get(label);
            if (dim == null) {
                throw n.error("the output's label " + label + " is on no input");
            }
            result.add(dim);
        }
        n.output(0, new Shape(result));
    }
}
