package dev.hone.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

class DimTest {
    private static final Dim N = Dim.symbol("N");
    private static final Dim H = Dim.symbol("H");

    @Test
    void equalExpressionsAreEqualObjects() {
        assertThat(N.times(2).floorDiv(2)).isEqualTo(N);
        assertThat(N.plus(1).minus(1)).isEqualTo(N);
        assertThat(N.plus(H).times(N.minus(H))).isEqualTo(N.times(N).minus(H.times(H)));
        assertThat(N.times(H).times(6).floorDiv(H.times(3))).isEqualTo(N.times(2));
        assertThat(N.minus(N)).isEqualTo(Dim.ZERO);
        assertThat(N.times(0)).isEqualTo(Dim.ZERO);
        // Two layers with stride 2 and padding are one division by 4.
        Dim once = H.minus(1).floorDiv(2).plus(1);
        assertThat(once.minus(1).floorDiv(2).plus(1)).isEqualTo(H.plus(3).floorDiv(4));
        assertThat(H.times(3).plus(1).floorDiv(2)).isEqualTo(H.plus(H.plus(1).floorDiv(2)));
    }

    @Test
    void textIsStable() {
        assertThat(N).hasToString("N");
        assertThat(N.times(2).plus(1)).hasToString("2*N+1");
        assertThat(H.minus(1)).hasToString("H-1");
        assertThat(N.times(-1)).hasToString("-N");
        assertThat(Dim.of(-3)).hasToString("-3");
        assertThat(H.plus(1).floorDiv(2).times(N)).hasToString("N*floor((H+1)/(2))");
        assertThat(Shape.of(N, Dim.unknown(), Dim.of(3))).hasToString("[N,?,3]");
    }

    @Test
    void unknownDimensionsEqualOnlyThemselves() {
        Dim unknown = Dim.unknown();
        assertThat(unknown.plus(0)).isEqualTo(unknown);
        assertThat(unknown).isNotEqualTo(Dim.unknown());
        assertThat(unknown.plus(1).floorDiv(2).isAnonymous()).isTrue();
        assertThat(N.isAnonymous()).isFalse();
    }

    @Test
    void constantsHaveValuesAndRound() {
        assertThat(Dim.of(7).constant()).isEqualTo(7);
        assertThat(N.value()).isEmpty();
        assertThatThrownBy(N::constant).isInstanceOf(GraphException.class).hasMessage("dimension N is not a number");
        assertThatThrownBy(() -> N.floorDiv(0)).isInstanceOf(GraphException.class);
        assertThat(Dim.of(7).ceilDiv(2)).isEqualTo(Dim.of(4));
        assertThat(Dim.of(-7).floorDiv(2)).isEqualTo(Dim.of(-4));
    }

    @Test
    void lowerBounds() {
        assertThat(N.plus(2).lowerBound(1)).hasValue(3);
        assertThat(N.times(H).plus(2).lowerBound(0)).hasValue(2);
        assertThat(N.minus(H).lowerBound(0)).isEmpty();
        assertThat(Dim.unknown().lowerBound(1)).isEmpty();
        assertThat(H.plus(1).floorDiv(2).lowerBound(1)).hasValue(1);
        assertThat(H.isAtLeast(1, 0)).isFalse();
        assertThat(H.isAtLeast(1, 1)).isTrue();
    }

    private record Expression(Dim dim, ToLongFunction<Map<String, Dim>> value) {}

    /** Random arithmetic, evaluated both on longs and symbolically; substitution must give the same result. */
    @Test
    void arithmeticAgreesWithNumbers() {
        Random random = new Random(11);
        for (int round = 0; round < 3000; round++) {
            Expression e = expression(random, 4);
            for (int i = 0; i < 5; i++) {
                long least = random.nextInt(3);
                Map<String, Dim> values =
                        Map.of("N", Dim.of(least + random.nextInt(9)), "H", Dim.of(least + random.nextInt(40)));
                long expected = e.value.applyAsLong(values);
                assertThat(e.dim.substitute(values::get))
                        .as(e.dim + " at " + values)
                        .isEqualTo(Dim.of(expected));
                e.dim.lowerBound(least)
                        .ifPresent(bound ->
                                assertThat(expected).as(e.dim + " at " + values).isGreaterThanOrEqualTo(bound));
            }
        }
    }

    private static Expression expression(Random random, int depth) {
        int kind = depth == 0 ? random.nextInt(3) : random.nextInt(8);
        if (kind == 0) {
            long c = random.nextInt(11) - 3L;
            return new Expression(Dim.of(c), v -> c);
        } else if (kind < 3) {
            String name = kind == 1 ? "N" : "H";
            return new Expression(Dim.symbol(name), v -> v.get(name).constant());
        }
        Expression a = expression(random, depth - 1);
        if (kind == 3) {
            long by = 1L + random.nextInt(4);
            return new Expression(a.dim.floorDiv(by), v -> Math.floorDiv(a.value.applyAsLong(v), by));
        } else if (kind == 4) {
            long by = 1L + random.nextInt(4);
            return new Expression(a.dim.ceilDiv(by), v -> -Math.floorDiv(-a.value.applyAsLong(v), by));
        }
        Expression b = expression(random, depth - 1);
        return switch (kind) {
            case 5 -> new Expression(a.dim.plus(b.dim), v -> a.value.applyAsLong(v) + b.value.applyAsLong(v));
            case 6 -> new Expression(a.dim.minus(b.dim), v -> a.value.applyAsLong(v) - b.value.applyAsLong(v));
            default -> new Expression(a.dim.times(b.dim), v -> a.value.applyAsLong(v) * b.value.applyAsLong(v));
        };
    }
}
