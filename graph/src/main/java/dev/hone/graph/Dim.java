package dev.hone.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * One dimension of a shape: a number, a named symbol ({@code N}), or simple arithmetic on them.
 *
 * <p>Represented as a polynomial with integer coefficients over atoms, in canonical form, so that equal expressions are
 * equal objects: {@code (2*N)/2} is {@code N}, {@code N+1-1} is {@code N}. An atom is a symbol or a floor division that
 * cannot be simplified ({@code floor((N-1)/2)}).
 */
public final class Dim {
    private static final AtomicLong ANONYMOUS = new AtomicLong();

    private static final TreeMap<Product, Long> NONE = new TreeMap<>();
    private static final Dim[] SMALL = new Dim[1025];

    static {
        for (int i = 0; i < SMALL.length; i++) {
            SMALL[i] = new Dim(NONE, i);
        }
    }

    public static final Dim ZERO = of(0);
    public static final Dim ONE = of(1);

    /** Maps a sorted product of atoms to its nonzero coefficient; immutable after construction. */
    private final TreeMap<Product, Long> terms;

    private final long constant;

    private sealed interface Atom permits Symbol, FloorDiv {}

    private record Symbol(String name) implements Atom {
        @Override
        public String toString() {
            return name;
        }
    }

    private record FloorDiv(Dim numerator, Dim denominator) implements Atom {
        @Override
        public String toString() {
            return "floor((" + numerator + ")/(" + denominator + "))";
        }

        OptionalLong lowerBound(long symbols) {
            OptionalLong least = numerator.lowerBound(symbols);
            if (least.isEmpty()) {
                return least;
            }
            if (denominator.isConstant() && denominator.constant() > 0) {
                return OptionalLong.of(Math.floorDiv(least.getAsLong(), denominator.constant()));
            }
            return least.getAsLong() >= 0 && denominator.isAtLeast(1, symbols)
                    ? OptionalLong.of(0)
                    : OptionalLong.empty();
        }
    }

    private record Product(List<Atom> atoms, String key) implements Comparable<Product> {
        static Product of(List<Atom> atoms) {
            List<Atom> sorted = new ArrayList<>(atoms);
            sorted.sort((a, b) -> a.toString().compareTo(b.toString()));
            StringBuilder key = new StringBuilder();
            for (Atom atom : sorted) {
                key.append(key.isEmpty() ? "" : "*").append(atom);
            }
            return new Product(Collections.unmodifiableList(sorted), key.toString());
        }

        @Override
        public int compareTo(Product other) {
            return key.compareTo(other.key);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Product product && key.equals(product.key);
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }
    }

    private Dim(TreeMap<Product, Long> terms, long constant) {
        this.terms = terms;
        this.constant = constant;
    }

    public static Dim of(long value) {
        return value >= 0 && value < SMALL.length ? SMALL[(int) value] : new Dim(NONE, value);
    }

    private static Dim of(TreeMap<Product, Long> terms, long constant) {
        return terms.isEmpty() ? of(constant) : new Dim(terms, constant);
    }

    public static Dim symbol(String name) {
        return atom(new Symbol(name));
    }

    /** An unknown dimension; equal only to itself. Written to files as an absent dimension. */
    public static Dim unknown() {
        return symbol("?" + ANONYMOUS.incrementAndGet());
    }

    private static Dim atom(Atom atom) {
        TreeMap<Product, Long> terms = new TreeMap<>();
        terms.put(Product.of(List.of(atom)), 1L);
        return new Dim(terms, 0);
    }

    public boolean isConstant() {
        return terms.isEmpty();
    }

    /** The value, if it is a constant. */
    public OptionalLong value() {
        return isConstant() ? OptionalLong.of(constant) : OptionalLong.empty();
    }

    /** @throws GraphException if it is not a constant */
    public long constant() {
        if (!isConstant()) {
            throw new GraphException("dimension " + this + " is not a number");
        }
        return constant;
    }

    public boolean is(long value) {
        return isConstant() && constant == value;
    }

    /** Whether it contains an unknown dimension. */
    public boolean isAnonymous() {
        for (Product product : terms.keySet()) {
            if (product.key.indexOf('?') >= 0) {
                return true;
            }
        }
        return false;
    }

    public Dim plus(Dim other) {
        long sum = Math.addExact(constant, other.constant);
        if (other.isConstant()) {
            return of(terms, sum);
        }
        TreeMap<Product, Long> together = new TreeMap<>(terms);
        other.terms.forEach((product, c) -> add(together, product, c));
        return of(together, sum);
    }

    public Dim plus(long other) {
        return other == 0 ? this : plus(of(other));
    }

    public Dim minus(Dim other) {
        return plus(other.times(-1));
    }

    public Dim minus(long other) {
        return plus(-other);
    }

    public Dim times(long factor) {
        if (isConstant() || factor == 0) {
            return of(Math.multiplyExact(constant, factor));
        }
        TreeMap<Product, Long> scaled = new TreeMap<>(terms);
        scaled.replaceAll((product, c) -> Math.multiplyExact(c, factor));
        return new Dim(scaled, Math.multiplyExact(constant, factor));
    }

    public Dim times(Dim other) {
        if (other.isConstant()) {
            return times(other.constant);
        }
        if (isConstant()) {
            return other.times(constant);
        }
        TreeMap<Product, Long> result = new TreeMap<>();
        terms.forEach((a, ca) -> other.terms.forEach((b, cb) -> {
            List<Atom> atoms = new ArrayList<>(a.atoms);
            atoms.addAll(b.atoms);
            add(result, Product.of(atoms), Math.multiplyExact(ca, cb));
        }));
        if (constant != 0) {
            other.terms.forEach((product, c) -> add(result, product, Math.multiplyExact(c, constant)));
        }
        if (other.constant != 0) {
            terms.forEach((product, c) -> add(result, product, Math.multiplyExact(c, other.constant)));
        }
        return of(result, Math.multiplyExact(constant, other.constant));
    }

    private static void add(TreeMap<Product, Long> terms, Product product, long coefficient) {
        terms.merge(product, coefficient, Math::addExact);
        terms.remove(product, 0L);
    }

    /** Division rounding towards negative infinity; simplified if exact. */
    public Dim floorDiv(Dim divisor) {
        if (divisor.isConstant()) {
            return floorDiv(divisor.constant);
        }
        if (equals(divisor)) {
            return ONE;
        }
        Dim quotient = exactQuotient(divisor);
        return quotient != null ? quotient : atom(new FloorDiv(this, divisor));
    }

    public Dim floorDiv(long divisor) {
        if (divisor == 0) {
            throw new GraphException("division of dimension " + this + " by zero");
        }
        if (isConstant()) {
            return of(Math.floorDiv(constant, divisor));
        }
        if (divisor == 1) {
            return this;
        }
        // floor((k*q + r) / k) = q + floor(r / k) for any integer q
        TreeMap<Product, Long> quotient = new TreeMap<>();
        TreeMap<Product, Long> rest = new TreeMap<>();
        terms.forEach((product, c) -> {
            add(quotient, product, Math.floorDiv(c, divisor));
            add(rest, product, Math.floorMod(c, divisor));
        });
        Dim whole = of(quotient, Math.floorDiv(constant, divisor));
        return rest.isEmpty() ? whole : whole.plus(floorDivAtom(rest, Math.floorMod(constant, divisor), divisor));
    }

    /**
     * A quotient that cannot be simplified; nested quotients are merged: floor((floor(a / b) + r) / c) = floor((a +
     * r*b) / (b*c)).
     */
    private static Dim floorDivAtom(TreeMap<Product, Long> rest, long constant, long divisor) {
        if (divisor > 0 && rest.size() == 1 && rest.firstEntry().getValue() == 1) {
            List<Atom> atoms = rest.firstKey().atoms;
            if (atoms.size() == 1
                    && atoms.get(0) instanceof FloorDiv inner
                    && inner.denominator.isConstant()
                    && inner.denominator.constant > 0) {
                long by = inner.denominator.constant;
                return inner.numerator.plus(Math.multiplyExact(constant, by)).floorDiv(Math.multiplyExact(by, divisor));
            }
        }
        return atom(new FloorDiv(new Dim(rest, constant), of(divisor)));
    }

    /** Division rounding towards positive infinity. */
    public Dim ceilDiv(long divisor) {
        return plus(divisor - 1).floorDiv(divisor);
    }

    /** {@code this / divisor} if every term is divisible by the divisor's single term, else null. */
    private Dim exactQuotient(Dim divisor) {
        if (divisor.terms.size() != 1 || divisor.constant != 0 || constant != 0) {
            return null;
        }
        Map.Entry<Product, Long> by = divisor.terms.firstEntry();
        TreeMap<Product, Long> result = new TreeMap<>();
        long quotient = 0;
        for (Map.Entry<Product, Long> term : terms.entrySet()) {
            List<Atom> atoms = new ArrayList<>(term.getKey().atoms);
            for (Atom atom : by.getKey().atoms) {
                if (!atoms.remove(atom)) {
                    return null;
                }
            }
            if (term.getValue() % by.getValue() != 0) {
                return null;
            }
            long c = term.getValue() / by.getValue();
            if (atoms.isEmpty()) {
                quotient += c;
            } else {
                add(result, Product.of(atoms), c);
            }
        }
        return of(result, quotient);
    }

    /**
     * The minimum if every symbol is at least {@code symbols}, which is not negative; empty if there is no known
     * minimum, as for a difference of symbols or an unknown dimension.
     */
    public OptionalLong lowerBound(long symbols) {
        long bound = constant;
        for (Map.Entry<Product, Long> term : terms.entrySet()) {
            long product = term.getValue();
            for (Atom atom : term.getKey().atoms) {
                OptionalLong least = atom instanceof FloorDiv division
                        ? division.lowerBound(symbols)
                        : ((Symbol) atom).name.startsWith("?") ? OptionalLong.empty() : OptionalLong.of(symbols);
                if (product < 0 || least.isEmpty() || least.getAsLong() < 0) {
                    return OptionalLong.empty();
                }
                product *= least.getAsLong();
            }
            bound += product;
        }
        return OptionalLong.of(bound);
    }

    /** Whether {@link #lowerBound} guarantees at least {@code value}. */
    public boolean isAtLeast(long value, long symbols) {
        OptionalLong bound = lowerBound(symbols);
        return bound.isPresent() && bound.getAsLong() >= value;
    }

    /** Substitutes symbols; the function returns null for a symbol to keep. */
    public Dim substitute(Function<String, Dim> values) {
        Dim result = of(constant);
        for (Map.Entry<Product, Long> term : terms.entrySet()) {
            Dim product = of(term.getValue());
            for (Atom atom : term.getKey().atoms) {
                Dim replaced;
                if (atom instanceof Symbol symbol) {
                    Dim value = values.apply(symbol.name);
                    replaced = value == null ? atom(atom) : value;
                } else {
                    FloorDiv division = (FloorDiv) atom;
                    replaced = division.numerator.substitute(values).floorDiv(division.denominator.substitute(values));
                }
                product = product.times(replaced);
            }
            result = result.plus(product);
        }
        return result;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dim dim && constant == dim.constant && terms.equals(dim.terms);
    }

    @Override
    public int hashCode() {
        return Objects.hash(terms, constant);
    }

    /** {@code 3}, {@code N}, {@code 2*N+1}, {@code floor((N+1)/(2))}; an anonymous symbol begins with {@code ?}. */
    @Override
    public String toString() {
        if (isConstant()) {
            return Long.toString(constant);
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Product, Long> term : terms.descendingMap().entrySet()) {
            long c = term.getValue();
            String sign = c < 0 ? "-" : text.isEmpty() ? "" : "+";
            String factor = Math.abs(c) == 1 ? "" : Math.abs(c) + "*";
            text.append(sign).append(factor).append(term.getKey().key);
        }
        if (constant != 0) {
            text.append(constant < 0 ? "" : "+").append(constant);
        }
        return text.toString();
    }
}
