package dev.hone.cli;

import dev.hone.train.loop.BatchSource;
import dev.hone.vision.data.Batches;
import java.nio.ByteBuffer;

/** Batches of images as the training loop takes them. */
record TrainingBatches(Batches source) implements BatchSource {
    @Override
    public long images() {
        return source.dropLast() ? (long) source.perEpoch() * source.batchSize() : source.indices().length;
    }

    @Override
    public int batches() {
        return source.perEpoch();
    }

    @Override
    public Stream epoch(int epoch, int first) {
        Batches.Epoch batches = source.epoch(epoch, first);
        return new Stream() {
            @Override
            public boolean hasNext() {
                return batches.hasNext();
            }

            @Override
            public Batch next() {
                return adapt(batches.next());
            }

            @Override
            public void close() {
                batches.close();
            }
        };
    }

    private static Batch adapt(dev.hone.vision.data.Batch batch) {
        return new Batch() {
            @Override
            public int size() {
                return batch.size();
            }

            @Override
            public ByteBuffer images() {
                return batch.images();
            }

            @Override
            public ByteBuffer targets() {
                return batch.targets();
            }

            @Override
            public ByteBuffer labels() {
                return batch.labels();
            }

            @Override
            public void close() {
                batch.close();
            }
        };
    }
}
