package dev.hone.train.loop;

import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import java.util.function.IntFunction;

/** An epoch whose batches are made by their number. */
final class MadeBatches implements BatchSource.Stream {
    private final int batches;
    private final IntFunction<Batch> make;
    private int next;

    MadeBatches(int first, int batches, IntFunction<Batch> make) {
        this.next = first;
        this.batches = batches;
        this.make = make;
    }

    @Override
    public boolean hasNext() {
        return next < batches;
    }

    @Override
    public Batch next() {
        return make.apply(next++);
    }

    @Override
    public void close() {
        next = batches;
    }
}
