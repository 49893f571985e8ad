package dev.hone.compress.qat;

import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.model.Feeds;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
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
    @Override
    public long samples() {
        return source.samples();
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
                Map<String, Batch.Array> arrays = new LinkedHashMap<>(batch.arrays());
                Batch.Array labels = batch.array(Batch.TARGETS);
                arrays.put(Batch.TARGETS, new Batch.Array(labels.type(), mixed(batch), labels.dims()));
                return new Batch(batch.samples(), arrays, batch::close);
            }

            @Override
            public void close() {
                batches.close();
            }
        };
    }

    private ByteBuffer mixed(Batch batch) {
        String output = teacher.outputs().get(0).name();
        ByteBuffer targets = ByteBuffer.allocateDirect(
                        batch.array(Batch.TARGETS).bytes().remaining())
                .order(ByteOrder.nativeOrder());
        FloatBuffer to = targets.asFloatBuffer();
        FloatBuffer labels = batch.array(Batch.TARGETS)
                .bytes()
                .duplicate()
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        try (Feeds feeds = Feeds.of(batch, List.of(teacher.inputs().get(0).name()));
                NativeTensor found =
                        teacher.run(feeds.tensors(), List.of(output), Map.of()).get(output)) {
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
}
