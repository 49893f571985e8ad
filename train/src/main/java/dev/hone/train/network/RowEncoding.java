package dev.hone.train.network;

import dev.hone.core.ElementType;
import dev.hone.data.table.Column;
import dev.hone.data.table.TableBatches;
import dev.hone.data.table.TableStatistics;
import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * From the raw cells of a row to what the first layer sees, as part of the graph. A number becomes
 *
 * <ul>
 *   <li>{@code (x - mean) / deviation}, within -5 and 5;
 *   <li>for each part between two quantiles, how far the number has come through it, from 0 to 1 (piecewise linear encoding,
 *       Gorishniy et al. 2022), so that a linear layer can bend;
 *   <li>1 or 0 for missing or not, where the training rows had missing ones.
 * </ul>
 *
 * <p>A missing number counts as the mean. A category becomes 1 for its level and 0 for the others; all 0 where the level is
 * not known.
 *
 * @param numbers [N,P], or null where the table has none
 * @param oneHot [N,L], or null where the table has no categories
 */
record RowEncoding(Value numbers, Value oneHot) {
    private static final float MOST_DEVIATIONS = 5;

    static RowEncoding of(Ops o, RowNetworkSpec spec) {
        List<Column> numbers = spec.schema().numbers();
        List<Column> categories = spec.schema().categories();
        return new RowEncoding(
                numbers.isEmpty() ? null : numbers(o, numbers.size(), spec.statistics()),
                categories.isEmpty() ? null : oneHot(o, categories));
    }

    /** Both side by side, [N,P+L]. */
    Value all(Ops o) {
        if (numbers == null || oneHot == null) {
            return numbers == null ? oneHot : numbers;
        }
        return o.concat(1, List.of(numbers, oneHot));
    }

    static int width(Value x) {
        return x == null ? 0 : (int) x.shape().size(1);
    }

    private static Value input(Ops o, String name, ElementType type, int columns) {
        return o.graph().addInput(name, type, Shape.of(Dim.symbol("N"), Dim.of(columns)));
    }

    private static Value numbers(Ops o, int columns, TableStatistics statistics) {
        Value raw = input(o, TableBatches.NUMBERS, ElementType.FLOAT, columns);
        Value isMissing = o.op("IsNaN", raw);
        Value filled = o.op("Where", isMissing, row(o, statistics.mean(), 1), raw);
        double[] factors = new double[columns];
        for (int c = 0; c < columns; c++) {
            factors[c] = 1 / statistics.deviation()[c];
        }
        Value standard = o.mul(o.sub(filled, row(o, statistics.mean(), 1)), row(o, factors, 1));
        List<Value> parts = new ArrayList<>();
        parts.add(o.op("Clip", standard, o.constant(-MOST_DEVIATIONS), o.constant(MOST_DEVIATIONS)));
        Value pieces = pieces(o, filled, statistics);
        if (pieces != null) {
            parts.add(pieces);
        }
        long[] gaps = IntStream.range(0, columns)
                .filter(c -> statistics.missing()[c] > 0)
                .asLongStream()
                .toArray();
        if (gaps.length > 0) {
            Value flags = o.op("Gather", Map.of("axis", 1), o.cast(isMissing, ElementType.FLOAT), o.vector(gaps));
            parts.add(flags);
        }
        return parts.size() == 1 ? parts.get(0) : o.concat(1, parts);
    }

    /** The piecewise linear encoding of the columns that have two parts or more; null where none has. */
    private static Value pieces(Ops o, Value filled, TableStatistics statistics) {
        List<Long> columns = new ArrayList<>();
        List<Double> lows = new ArrayList<>();
        List<Double> factors = new ArrayList<>();
        for (int c = 0; c < statistics.edges().length; c++) {
            float[] edges = statistics.edges()[c];
            for (int p = 0; p + 1 < edges.length && edges.length > 2; p++) {
                columns.add((long) c);
                lows.add((double) edges[p]);
                factors.add(1 / ((double) edges[p + 1] - edges[p]));
            }
        }
        if (columns.isEmpty()) {
            return null;
        }
        Value repeated = o.op(
                "Gather",
                Map.of("axis", 1),
                filled,
                o.vector(columns.stream().mapToLong(Long::longValue).toArray()));
        Value come = o.mul(o.sub(repeated, row(o, numbers(lows), 1)), row(o, numbers(factors), 1));
        return o.op("Clip", come, o.constant(0f), o.constant(1f));
    }

    private static double[] numbers(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static Value row(Ops o, double[] values, long rows) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return o.constant(Tensor.ofFloats(floats, rows, floats.length));
    }

    private static Value oneHot(Ops o, List<Column> categories) {
        Value indices = input(o, TableBatches.CATEGORIES, ElementType.INT64, categories.size());
        List<Long> columns = new ArrayList<>();
        List<Long> levels = new ArrayList<>();
        for (int c = 0; c < categories.size(); c++) {
            for (int level = 1; level <= categories.get(c).levels().size(); level++) {
                columns.add((long) c);
                levels.add((long) level);
            }
        }
        Value repeated = o.op(
                "Gather",
                Map.of("axis", 1),
                indices,
                o.vector(columns.stream().mapToLong(Long::longValue).toArray()));
        Value own = o.vector(levels.stream().mapToLong(Long::longValue).toArray());
        return o.cast(o.op("Equal", repeated, own), ElementType.FLOAT);
    }
}
