package dev.hone.data.table;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.Sha256;
import dev.hone.data.Input;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import dev.hone.data.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The rows of a CSV file with a header, ready to be cut into batches. Reading takes two passes over the file; of a large
 * table only a few bytes a row stay on the heap. Immutable; what was noticed while reading stands in {@link #notices()}.
 *
 * <p>A column {@code split} (train, val, test) divides the rows where there is one. Numbers are kept as float32.
 */
public final class TableData {
    private final Path source;
    private final TableSchema schema;
    private final RowStore store;
    private final Split[] splits;
    private final long[] groups;
    private final List<String> notices;
    private final boolean hasTarget;
    private final LevelMap levels;

    TableData(
            Path source,
            TableSchema schema,
            RowStore store,
            Split[] splits,
            long[] groups,
            List<String> notices,
            boolean hasTarget) {
        this(source, schema, store, splits, groups, notices, hasTarget, LevelMap.SAME);
    }

    private TableData(
            Path source,
            TableSchema schema,
            RowStore store,
            Split[] splits,
            long[] groups,
            List<String> notices,
            boolean hasTarget,
            LevelMap levels) {
        this.source = source;
        this.schema = schema;
        this.store = store;
        this.splits = splits;
        this.groups = groups;
        this.notices = List.copyOf(notices);
        this.hasTarget = hasTarget;
        this.levels = levels;
    }

    /**
     * Reads a table.
     *
     * @throws HoneException if the file is no table, lacks a column, has cells that cannot be what they should be, or its
     *     target has one class only
     */
    public static TableData open(Path csv, TableOptions options, Progress progress) {
        return new TableReader(csv, options, progress).read();
    }

    /** The file: what messages name. */
    public Path source() {
        return source;
    }

    public TableSchema schema() {
        return schema;
    }

    /** The classes of the target, sorted; empty if it is a number. */
    public List<String> classes() {
        return schema.classes();
    }

    /** How many rows there are, without those that lack a target in training. */
    public int size() {
        return store.rows();
    }

    /** What the user should know, one line each: columns and rows left out, categories that are not known. */
    public List<String> notices() {
        return notices;
    }

    /** Whether the file has the target's column. */
    public boolean hasTarget() {
        return hasTarget;
    }

    public Split split(int row) {
        return splits[row];
    }

    /** Rows of one split, in the file's order. */
    public int[] rows(Split split) {
        return IntStream.range(0, size()).filter(i -> splits[i] == split).toArray();
    }

    /** The class of a row; -1 where it is not known. */
    public int label(int row) {
        return (int) store.target(row);
    }

    /** The target of a row where it is a number. */
    public double target(int row) {
        return store.target(row);
    }

    /** A number of a row; NaN where it is missing. */
    public float number(int row, int column) {
        return store.number(row, column);
    }

    /** The index of a row's level, 0 where it is not known. */
    public int category(int row, int column) {
        return levels.index(column, store.category(row, column));
    }

    /** One row with its target, which must be known. */
    public Sample sample(int row) {
        Target target = classes().isEmpty() ? new Target.OfNumber(target(row)) : new Target.OfClass(label(row));
        String group = groups == null || groups[row] == 0 ? "" : Long.toHexString(groups[row]);
        return new Sample("row " + (row + 1), new Input.OfRow(row), target, splits[row], group);
    }

    /** How many rows of a split each class has. */
    public int[] counts(Split split) {
        int[] counts = new int[classes().size()];
        for (int i = 0; i < size(); i++) {
            if (splits[i] == split && label(i) >= 0) {
                counts[label(i)]++;
            }
        }
        return counts;
    }

    /**
     * SHA-256 of the whole table, in hexadecimal: of its schema and of every row's cells and split, whatever the order of
     * the rows.
     */
    public String revision() {
        long[] rows = new long[size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = RowHoldOut.mix(store.hash(i), splits[i].ordinal());
        }
        Arrays.sort(rows);
        MessageDigest digest = Sha256.digest();
        digest.update((schema.target() + "\0" + schema.names() + "\0" + classes()).getBytes(StandardCharsets.UTF_8));
        for (long row : rows) {
            for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
                digest.update((byte) (row >>> shift));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    long hash(int row) {
        return store.hash(row);
    }

    /** The hash of a row's group, 0 if it has none. */
    long group(int row) {
        return groups == null ? 0 : groups[row];
    }

    /**
     * Moves a part of the training rows ({@link Split#TRAIN} and {@link Split#NONE}) to another split: stratified by class,
     * the same for the same seed whatever the order of the rows, with groups kept together, and with equal rows kept together
     * unless many rows are copies of others. A class keeps at least one training row.
     *
     * @param to {@link Split#VALIDATION}, or {@link Split#TEST} to set rows aside for the end
     * @param fraction of each class, between 0 and 1
     */
    public TableData withHoldOut(Split to, double fraction, long seed) {
        return withSplits(new RowHoldOut(this, seed).apply(to, fraction));
    }

    /** Rows of no split, {@link Split#NONE}, become training rows. */
    public TableData withFreeRowsForTraining() {
        Split[] others = splits.clone();
        for (int i = 0; i < others.length; i++) {
            others[i] = others[i] == Split.NONE ? Split.TRAIN : others[i];
        }
        return withSplits(others);
    }

    /** Other splits of the same rows. */
    TableData withSplits(Split[] others) {
        return new TableData(source, schema, store, others, groups, notices, hasTarget, levels);
    }

    /** The same rows with only those levels that some of them have: what a model that is trained on them can know. */
    public TableData seenIn(int[] rows) {
        LevelMap seen = LevelMap.of(this, rows);
        List<String> more = new ArrayList<>(notices);
        more.addAll(seen.notices(this));
        return new TableData(source, seen.schema(), store, splits, groups, more, hasTarget, seen);
    }

    /**
     * Whether a classifier can be trained on it.
     *
     * @throws HoneException if the target is a number, if there are no training rows or fewer than two classes among them
     */
    public void requireTrainable() {
        if (classes().isEmpty()) {
            throw new HoneException(
                    source + ": target '" + schema.target() + "' is a number with many values, expected "
                            + "classes; if its numbers are codes, say that the column is one of categories");
        }
        int[] counts = trainingCounts();
        if (IntStream.of(counts).sum() == 0) {
            throw new HoneException(source + ": no training rows, every row is marked val or test");
        }
        if (IntStream.of(counts).filter(n -> n > 0).count() < 2) {
            int only = IntStream.range(0, counts.length)
                    .filter(c -> counts[c] > 0)
                    .findFirst()
                    .orElseThrow();
            throw new HoneException(source + ": one class only among the training rows, '"
                    + classes().get(only) + "' (" + counts[only] + "); a classifier needs two or more");
        }
    }

    private int[] trainingCounts() {
        int[] counts = counts(Split.TRAIN);
        int[] free = counts(Split.NONE);
        Arrays.setAll(counts, c -> counts[c] + free[c]);
        return counts;
    }

    /** Lines about classes too small to learn or to check, once validation and test rows are set aside. */
    public List<String> balanceNotices() {
        List<String> lines = new ArrayList<>();
        int[] training = trainingCounts();
        int[] validation = counts(Split.VALIDATION);
        for (int c = 0; c < training.length; c++) {
            String name = source + ": class '" + classes().get(c) + "' has ";
            if (training[c] == 0) {
                lines.add(name + "no training row and will never be predicted");
            } else if (training[c] == 1) {
                lines.add(name + "one training row; add rows or leave the class out");
            } else if (validation[c] == 0 && IntStream.of(validation).sum() > 0) {
                lines.add(name + "no validation row, so that the choice of the best epoch does not see it");
            }
        }
        return lines;
    }
}
