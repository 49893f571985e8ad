package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Recognizes the Gaussian error linear unit (Hendrycks and Gimpel 2016) in decomposed form, with factors in any order.
 *
 * <pre>
 * 0.5 * x * (1 + Erf(x / sqrt(2)))                                =  Gelu(x)
 * 0.5 * x * (1 + Tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))       =  Gelu(x; approximate = tanh)
 * </pre>
 *
 * <p>Intermediate values must have no other uses. Changes results by rounding, about 1e-6 of the largest output;
 * constants may deviate by 1e-4.
 */
public final class ToGelu implements RewriteRule {
    private static final double TOLERANCE = 1e-4;

    @Override
    public String description() {
        return "Recognize decomposed Gelu, with Erf or Tanh.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Mul");
    }

    @Override
    public Set<String> makes() {
        return Set.of("Gelu");
    }

    @Override
    public Match match(Node mul) {
        Product product = Product.of(mul);
        if (product.factors.size() != 2 || !near(product.constant, 0.5)) {
            return Match.declined("it is not half the product of two factors");
        }
        for (int i = 0; i < 2; i++) {
            Value x = product.factors.get(i);
            String form = form(product.factors.get(1 - i), x);
            if (form != null && !Patterns.sameShape(x, mul.output())) {
                return Match.declined("a constant may enlarge its input");
            }
            if (form != null) {
                return Match.found(() -> GraphEdits.replaceByNew(
                        mul.output(), new Ops(mul.graph()).op("Gelu", Map.of("approximate", form), x)));
            }
        }
        return Match.declined("no factor is 1 plus the Erf or Tanh of the other");
    }

    /** The form of {@code 1 + gate(x)}, or null. */
    private static String form(Value sum, Value x) {
        Node add = sum.producer();
        if (add == null
                || !add.is("Add")
                || !Patterns.onlyReader(sum, sum.uses().iterator().next().node())) {
            return null;
        }
        for (int i = 0; i < 2; i++) {
            if (isNumber(add.input(1 - i), 1)) {
                Node erf = Patterns.soleProducer(add, i, "Erf");
                if (erf != null && isScaled(erf, x)) {
                    return "none";
                }
                Node tanh = Patterns.soleProducer(add, i, "Tanh");
                if (tanh != null && isCubic(tanh, x)) {
                    return "tanh";
                }
            }
        }
        return null;
    }

    /** Whether the input is {@code x / sqrt(2)}. */
    private static boolean isScaled(Node erf, Value x) {
        Node div = Patterns.soleProducer(erf, 0, "Div");
        if (div != null) {
            return div.input(0) == x && isNumber(div.input(1), Math.sqrt(2));
        }
        Node mul = Patterns.soleProducer(erf, 0, "Mul");
        return mul != null && Product.of(mul).is(Math.sqrt(0.5), List.of(x));
    }

    /** Whether the input is {@code sqrt(2 / pi) * (x + 0.044715 * x^3)}. */
    private static boolean isCubic(Node tanh, Value x) {
        Node mul = Patterns.soleProducer(tanh, 0, "Mul");
        Product product = mul == null ? null : Product.of(mul);
        if (product == null || product.factors.size() != 1 || !near(product.constant, Math.sqrt(2 / Math.PI))) {
            return false;
        }
        Node add = product.factors.get(0).producer();
        if (add == null || !add.is("Add")) {
            return false;
        }
        for (int i = 0; i < 2; i++) {
            Node cube = Patterns.soleProducer(add, 1 - i, "Mul");
            if (add.input(i) == x && cube != null && isCube(Product.of(cube), x)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCube(Product cube, Value x) {
        if (cube.is(0.044715, List.of(x, x, x))) {
            return true;
        }
        Node pow = cube.factors.size() == 1 ? cube.factors.get(0).producer() : null;
        return near(cube.constant, 0.044715)
                && pow != null
                && pow.is("Pow")
                && pow.input(0) == x
                && isNumber(pow.input(1), 3);
    }

    private static boolean isNumber(Value value, double number) {
        OptionalDouble found = Patterns.scalar(value);
        return found.isPresent() && near(found.getAsDouble(), number);
    }

    private static boolean near(double found, double number) {
        return Math.abs(found - number) <= TOLERANCE * number;
    }

    /** The factors of a tree of Mul nodes; a Mul with other uses counts as a factor. */
    private static final class Product {
        private final List<Value> factors = new ArrayList<>();
        private double constant = 1;

        static Product of(Node mul) {
            Product product = new Product();
            product.collect(mul);
            return product;
        }

        private void collect(Node mul) {
            for (int i = 0; i < 2; i++) {
                OptionalDouble number = Patterns.scalar(mul.input(i));
                Node inner = Patterns.soleProducer(mul, i, "Mul");
                if (number.isPresent()) {
                    constant *= number.getAsDouble();
                } else if (inner != null) {
                    collect(inner);
                } else {
                    factors.add(mul.input(i));
                }
            }
        }

        boolean is(double number, List<Value> values) {
            return near(constant, number) && factors.equals(values);
        }
    }
}
