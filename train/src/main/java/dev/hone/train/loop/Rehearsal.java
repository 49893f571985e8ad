package dev.hone.train.loop;

import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.Feeds;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.step.Stepper;

/**
 * How long the parts of a run take, before it begins: steps on real batches, a part of a validation, one comparison of an
 * exported model. What comes of them is thrown away.
 *
 * @param step seconds of a step
 * @param validation seconds of a validation, 0 without any
 * @param saving seconds of writing a model
 */
record Rehearsal(double step, double validation, double saving) {
    /** Most steps' time, as part of the limit, and in seconds. */
    private static final double SHARE = 1.0 / 40;

    private static final double MOST = 5;
    /** Writing a model compares it, makes its bytes, puts them on the disk, and opens the file as a check. */
    private static final double WRITES = 1.5;

    static Rehearsal of(
            Stepper stepper,
            BatchSource training,
            Validation validation,
            BestModel best,
            SessionOptions session,
            double limit,
            TrainingListener listener) {
        double atMost = Math.min(MOST, limit * SHARE);
        double step = steps(stepper, training, atMost, listener);
        double validating = 0;
        if (validation != null && !listener.isCancelled()) {
            validating = validation.seconds(stepper.state().snapshot(true), session, atMost);
        }
        long start = System.nanoTime();
        if (!listener.isCancelled()) {
            best.difference(OnnxWriter.toBytes(best.model()));
        }
        return new Rehearsal(step, validating, WRITES * (System.nanoTime() - start) / 1e9);
    }

    private static double steps(Stepper stepper, BatchSource training, double seconds, TrainingListener listener) {
        int batches = training.batches();
        int warmup = Math.min(3, batches - 1);
        long start = 0;
        int done = 0;
        long begun = System.nanoTime();
        try (BatchSource.Stream stream = training.epoch(0, 0)) {
            for (int i = 0; i < batches && stream.hasNext(); i++) {
                // A step that alone takes longer than there is time for is the measurement.
                boolean slow = i > 0 && (System.nanoTime() - begun) / 1e9 > seconds;
                if (i == warmup || start == 0 && slow) {
                    start = System.nanoTime();
                    warmup = i;
                }
                try (Batch batch = stream.next();
                        Feeds feeds = Feeds.of(
                                batch,
                                stepper.layout().inputs(),
                                stepper.layout().targets())) {
                    stepper.rehearse(feeds.tensors());
                }
                done = i + 1 - warmup;
                if (i >= warmup && (System.nanoTime() - start) / 1e9 > seconds || listener.isCancelled()) {
                    break;
                }
            }
        }
        return start == 0 ? 0 : (System.nanoTime() - start) / 1e9 / Math.max(1, done);
    }
}
