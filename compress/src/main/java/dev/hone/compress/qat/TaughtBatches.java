package dev.hone.compress.qat;

import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.train.loop.BatchSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * Batches whose targets are what a teacher says of the very images, mixed with the labels: cross-entropy against them is
 * the distillation loss of Hinton et al. 2015 at temperature 1, but for a constant.
 *
 * @param teacher whose first output is logits [N,K] of raw images [N,C,H,W]
 * @param share of the teacher in the targets, 0 to 1
 */
record TaughtBatches(BatchSource source, Session teacher, double share) implements BatchSource {
    private static final int FLOAT = 1;

    @Override
    public long images() {
        return source.images();
    }

    @Override
    public int batches() {
        return source.batches();
    }

    @Override
    public Stream epoch(int epoch, int first) {
        Stream batches = source.epoch(epoch, first);
        return new Stream() {
            @Override
            public boolean hasNext() {
                return batches.hasNext();
            }

            @Override
            public Batch next() {
                Batch batch = batches.next();
                return new Taught(batch, mixed(batch));
            }

            @Override
            public void close() {
                batches.close();
            }
        };
    }

    private ByteBuffer mixed(Batch batch) {
        long[] dims = teacher.inputs().get(0).dims();
        dims[0] = batch.size();
        String output = teacher.outputs().get(0).name();
        ByteBuffer targets =
                ByteBuffer.allocateDirect(batch.targets().remaining()).order(ByteOrder.nativeOrder());
        FloatBuffer to = targets.asFloatBuffer();
        FloatBuffer labels =
                batch.targets().duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
        try (NativeTensor images = NativeTensor.of(FLOAT, batch.images(), dims);
                NativeTensor found = teacher.run(
                                Map.of(teacher.inputs().get(0).name(), images), List.of(output), Map.of())
                        .get(output)) {
            float[] logits = found.floats();
            int classes = logits.length / batch.size();
            for (int row = 0; row < batch.size(); row++) {
                mix(logits, row * classes, classes, labels, to);
            }
        }
        return targets;
    }

    private void mix(float[] logits, int at, int classes, FloatBuffer labels, FloatBuffer to) {
        double top = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            top = Math.max(top, logits[at + k]);
        }
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += Math.exp(logits[at + k] - top);
        }
        for (int k = 0; k < classes; k++) {
            double p = Math.exp(logits[at + k] - top) / sum;
            to.put(at + k, (float) (share * p + (1 - share) * labels.get(at + k)));
        }
    }

    private record Taught(Batch batch, ByteBuffer targets) implements Batch {
        @Override
        public int size() {
            return batch.size();
        }

        @Override
        public ByteBuffer images() {
            return batch.images();
        }

        @Override
        public ByteBuffer labels() {
            return batch.labels();
        }

        @Override
        public void close() {
            batch.close();
        }
    }
}
