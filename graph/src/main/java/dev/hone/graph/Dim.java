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
 * <p>Held as a polynomial with integer coefficients over atoms, in canonical form, so that equal expressions are equal
 * objects: {@code (2*N)/2} is {@code N}, {@code N+1-1} is {@code N}. An atom is a symbol or a floor division that could
 * not be carried out ({@code floor((N-1)/2)}).
 */
public final class Dim {
    private static final AtomicLong ANONYMOUS = new AtomicLong();

    public static final Dim ZERO = of(0);
    public static final Dim ONE = of(1);

    /** Sorted product of atoms to its coefficient, never 0; the empty product is the constant term. */
    private final TreeMap<Product, Long> terms;

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
        static final Product EMPTY = new Product(List.of(), "");

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

    private Dim(TreeMap<Product, Long> terms) {
        this.terms = terms;
    }

    public static Dim of(long value) {
        TreeMap<Product, Long> terms = new TreeMap<>();
        if (value != 0) {
            terms.put(Product.EMPTY, value);
        }
        return new Dim(terms);
    }

    public static Dim symbol(String name) {
        return atom(new Symbol(name));
    }

    /** A dimension about which nothing is known; equal to itself only. Written to files as an absent dimension. */
    public static Dim unknown() {
        return symbol("?" + ANONYMOUS.incrementAndGet());
    }

    private static Dim atom(Atom atom) {
        TreeMap<Product, Long> terms = new TreeMap<>();
        terms.put(Product.of(List.of(atom)), 1L);
        return new Dim(terms);
    }

    public boolean isConstant() {
        return terms.isEmpty() || (terms.size() == 1 && terms.firstKey().atoms.isEmpty());
    }

    /** The number, if it is one. */
    public OptionalLong value() {
        return isConstant() ? OptionalLong.of(constantTerm()) : OptionalLong.empty();
    }

    /** @throws GraphException if it is not a number */
    public long constant() {
        if (!isConstant()) {
            throw new GraphException("dimension " + this + " is not a number");
        }
        return constantTerm();
    }

    public boolean is(long value) {
        return isConstant() && constantTerm() == value;
    }

    /** Whether an unknown dimension takes part in it. */
    public boolean isAnonymous() {
        return toString().contains("?");
    }

    private long constantTerm() {
        return terms.getOrDefault(Product.EMPTY, 0L);
    }

    public Dim plus(Dim other) {
        TreeMap<Product, Long> sum = new TreeMap<>(terms);
        other.terms.forEach((product, c) -> add(sum, product, c));
        return new Dim(sum);
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
        return times(of(factor));
    }

    public Dim times(Dim other) {
        TreeMap<Product, Long> result = new TreeMap<>();
        terms.forEach((a, ca) -> other.terms.forEach((b, cb) -> {
            List<Atom> atoms = new ArrayList<>(a.atoms);
            atoms.addAll(b.atoms);
            add(result, Product.of(atoms), Math.multiplyExact(ca, cb));
        }));
        return new Dim(result);
    }

    private static void add(TreeMap<Product, Long> terms, Product product, long coefficient) {
        terms.merge(product, coefficient, Math::addExact);
        terms.remove(product, 0L);
    }

    /** Division rounding towards negative infinity; carried out where it is exact. */
    public Dim floorDiv(Dim divisor) {
        if (divisor.isConstant()) {
            return floorDiv(divisor.constant());
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
            return of(Math.floorDiv(constantTerm(), divisor));
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
        Dim remainder = new Dim(rest);
        Dim whole = new Dim(quotient);
        return remainder.isConstant()
                ? whole.plus(Math.floorDiv(remainder.constantTerm(), divisor))
                : whole.plus(floorDivAtom(remainder, divisor));
    }

    /** A quotient that stays; one of a quotient is joined with it: floor((floor(a / b) + r) / c) = floor((a + r*b) / (b*c)). */
    private static Dim floorDivAtom(Dim numerator, long divisor) {
        long constant = numerator.constantTerm();
        Dim rest = numerator.minus(constant);
        if (divisor > 0 && rest.terms.size() == 1 && rest.terms.firstEntry().getValue() == 1) {
            List<Atom> atoms = rest.terms.firstKey().atoms;
            if (atoms.size() == 1
                    && atoms.get(0) instanceof FloorDiv inner
                    && inner.denominator.isConstant()
                    && inner.denominator.constant() > 0) {
                long by = inner.denominator.constant();
                return inner.numerator.plus(Math.multiplyExact(constant, by)).floorDiv(Math.multiplyExact(by, divisor));
            }
        }
        return atom(new FloorDiv(numerator, of(divisor)));
    }

    /** Division rounding towards positive infinity. */
    public Dim ceilDiv(long divisor) {
        return plus(divisor - 1).floorDiv(divisor);
    }

    /** {@code this / divisor} where every term is divisible by the divisor's single term, else null. */
    private Dim exactQuotient(Dim divisor) {
        if (divisor.terms.size() != 1) {
            return null;
        }
        Map.Entry<Product, Long> by = divisor.terms.firstEntry();
        TreeMap<Product, Long> result = new TreeMap<>();
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
            add(result, Product.of(atoms), term.getValue() / by.getValue());
        }
        return new Dim(result);
    }

    /**
     * The least it can be if every symbol is at least {@code symbols}, which is not negative; empty if that says nothing,
     * as for a difference of symbols or where an unknown dimension takes part.
     */
    public OptionalLong lowerBound(long symbols) {
        long bound = 0;
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

    /** Whether {@link #lowerBound} shows that it is at least so much. */
    public boolean isAtLeast(long value, long symbols) {
        OptionalLong bound = lowerBound(symbols);
        return bound.isPresent() && bound.getAsLong() >= value;
    }

    /** Puts values in for symbols; the function returns null for a symbol that stays. */
    public Dim substitute(Function<String, Dim> values) {
        Dim result = ZERO;
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
        return other instanceof Dim dim && terms.equals(dim.terms);
    }

    @Override
    public int hashCode() {
        return Objects.hash(terms);
    }

    /** {@code 3}, {@code N}, {@code 2*N+1}, {@code floor((N+1)/(2))}; an anonymous symbol begins with {@code ?}. */
    @Override
    public String toString() {
        if (isConstant()) {
            return Long.toString(constantTerm());
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Product, Long> term : terms.descendingMap().entrySet()) {
            long c = term.getValue();
            String key = term.getKey().key;
            String sign = c < 0 ? "-" : text.isEmpty() ? "" : "+";
            String body = key.isEmpty() ? Long.toString(Math.abs(c)) : Math.abs(c) == 1 ? key : Math.abs(c) + "*" + key;
            text.append(sign).append(body);
        }
        return text.toString();
    }
}
