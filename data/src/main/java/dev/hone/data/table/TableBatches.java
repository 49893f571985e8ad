package dev.hone.data.table;

import dev.hone.core.ElementType;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.data.EpochOrder;
import dev.hone.data.SeededRandom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * Cuts rows of a table into batches, shuffled anew each epoch. What a batch holds depends on seed, epoch and number only, so
 * that training can be resumed in the middle of an epoch.
 *
 * <p>Arrays: {@link #NUMBERS} and {@link #CATEGORIES}, each where the table has such columns; {@link Batch#TARGETS}, one-hot
 * [N,K] or the number [N,1]; for classes also {@link Batch#LABELS}, -1 where the class is not known.
 *
 * @param data where rows come from
 * @param rows in the order of an epoch that is not shuffled
 * @param batchSize rows in each batch but perhaps the last
 * @param seed of shuffling
 * @param shuffle whether each epoch has an order of its own
 * @param dropLast whether a last batch that is not full is left out
 * @param balance how far an epoch evens out the classes, see {@link EpochOrder}
 */
public record TableBatches(
        TableData data, int[] rows, int batchSize, long seed, boolean shuffle, boolean dropLast, double balance)
        implements BatchSource {
    /** The array of numbers, float32 [N,F]; NaN where one is missing. */
    public static final String NUMBERS = "numbers";

    /** The array of categories, int64 [N,C]: indices of levels, 0 where a level is not known. */
    public static final String CATEGORIES = "categories";

    public TableBatches {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch size " + batchSize + " must be positive");
        }
    }

    /** All rows once, in order. */
    public static TableBatches of(TableData data, int[] rows, int batchSize) {
        return new TableBatches(data, rows.clone(), batchSize, 0, false, false, 0);
    }

    public TableBatches shuffled(long newSeed) {
        return new TableBatches(data, rows, batchSize, newSeed, true, dropLast, balance);
    }

    public TableBatches droppingLast() {
        return new TableBatches(data, rows, batchSize, seed, shuffle, true, balance);
    }

    /** Takes rows of rare classes more often, see {@link EpochOrder}; for shuffled batches. */
    public TableBatches balanced(double how) {
        return new TableBatches(data, rows, batchSize, seed, shuffle, dropLast, how);
    }

    @Override
    public long samples() {
        return dropLast ? (long) batches() * batchSize : rows.length;
    }

    @Override
    public int batches() {
        return dropLast ? rows.length / batchSize : (rows.length + batchSize - 1) / batchSize;
    }

    @Override
    public Stream epoch(int epoch, int first) {
        return new Epoch(EpochOrder.of(rows, data::label, balance, shuffle, new SeededRandom(seed, epoch, -1)), first);
    }

    private final class Epoch implements Stream {
        private final int[] order;
        private final Queue<Buffers> free = new ArrayDeque<>();
        private int next;

        private Epoch(int[] order, int first) {
            this.order = order;
            this.next = first;
        }

        @Override
        public boolean hasNext() {
            return next < batches();
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int from = next++ * batchSize;
            int[] chosen = Arrays.copyOfRange(order, from, Math.min(order.length, from + batchSize));
            Buffers buffers = free.isEmpty() ? new Buffers() : free.remove();
            Map<String, Batch.Array> arrays = buffers.fill(chosen);
            return new Batch(chosen, arrays, () -> free.add(buffers));
        }

        @Override
        public void close() {
            free.clear();
        }
    }

    /** The memory of a batch, used again when the batch is closed. */
    private final class Buffers {
        private final int numberColumns = data.schema().numbers().size();
        private final int categoryColumns = data.schema().categories().size();
        private final int outputs = Math.max(1, data.classes().size());
        private final ByteBuffer numbers = direct(batchSize * numberColumns * Float.BYTES);
        private final ByteBuffer categories = direct(batchSize * categoryColumns * Long.BYTES);
        private final ByteBuffer labels = direct(batchSize * Long.BYTES);
        private final ByteBuffer targets = direct(batchSize * outputs * Float.BYTES);

        private static ByteBuffer direct(int bytes) {
            return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        private Map<String, Batch.Array> fill(int[] chosen) {
            numbers.clear();
            categories.clear();
            labels.clear();
            targets.clear();
            boolean classes = !data.classes().isEmpty();
            for (int row : chosen) {
                for (int c = 0; c < numberColumns; c++) {
                    numbers.putFloat(data.number(row, c));
                }
                for (int c = 0; c < categoryColumns; c++) {
                    categories.putLong(data.category(row, c));
                }
                if (classes) {
                    int label = data.label(row);
                    labels.putLong(label);
                    for (int k = 0; k < outputs; k++) {
                        targets.putFloat(k == label ? 1 : 0);
                    }
                } else {
                    targets.putFloat((float) data.target(row));
                }
            }
            int n = chosen.length;
            Map<String, Batch.Array> arrays = new LinkedHashMap<>();
            if (numberColumns > 0) {
                arrays.put(NUMBERS, new Batch.Array(ElementType.FLOAT, numbers.flip(), n, numberColumns));
            }
            if (categoryColumns > 0) {
                arrays.put(CATEGORIES, new Batch.Array(ElementType.INT64, categories.flip(), n, categoryColumns));
            }
            if (classes) {
                arrays.put(Batch.LABELS, new Batch.Array(ElementType.INT64, labels.flip(), n));
            }
            arrays.put(Batch.TARGETS, new Batch.Array(ElementType.FLOAT, targets.flip(), n, outputs));
            return arrays;
        }
    }
}
