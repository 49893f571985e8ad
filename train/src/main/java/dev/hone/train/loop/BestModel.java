package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.Feeds;
import dev.hone.model.ModelCard;
import dev.hone.model.ModelWriter;
import dev.hone.train.step.Stepper;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The best weights of a run so far, and their way into a file. */
final class BestModel {
    /** How far the first output of a file may be from that of training, as a fraction of its largest value. */
    private static final double PARITY = 1e-3;
    /** Training goes on for so many times what the last writing took before the next one. */
    private static final long APART = 20;

    private final Stepper stepper;
    private final BatchSource training;
    private final Map<String, FloatBuffer> vectors = new LinkedHashMap<>();
    private boolean isNew;
    private long next = System.nanoTime();

    BestModel(Stepper stepper, BatchSource training) {
        this.stepper = stepper;
        this.training = training;
    }

    /** The weights as they are now are the best. */
    void keep() {
        vectors.putAll(stepper.state().copies(true));
        isNew = true;
    }

    /** Those of an earlier part of the run. */
    void restore(Map<String, FloatBuffer> saved) {
        vectors.putAll(saved);
    }

    /** Empty if nothing was validated yet. */
    Map<String, FloatBuffer> vectors() {
        return vectors;
    }

    private Map<String, FloatBuffer> bestOrLast() {
        return vectors.isEmpty() ? stepper.state().copies(true) : vectors;
    }

    Model model() {
        return stepper.state().snapshot(bestOrLast());
    }

    /**
     * Hands the model to the listener, unless it has heard of it, or did so shortly before.
     *
     * @param now whether it is to hear of it however short that is ago
     * @return the seconds that it took, 0 if nothing was done
     */
    double offer(TrainingListener listener, History history, boolean now) {
        long start = System.nanoTime();
        if (!isNew || !now && start < next) {
            return 0;
        }
        isNew = false;
        listener.improved(new Improvement(this, history));
        long took = System.nanoTime() - start;
        next = System.nanoTime() + APART * took;
        return took / 1e9;
    }

    /** See {@link Trainer#save}. */
    void save(Model model, ModelCard card, Path file) {
        card.writeTo(model);
        double difference = difference(OnnxWriter.toBytes(model));
        if (!(difference <= PARITY)) {
            throw new HoneException(file + ": not written, the exported model's output differs from the trained"
                    + " one's by " + difference + " of the largest, expected at most " + PARITY);
        }
        ModelWriter.write(model, file);
    }

    /** The largest difference of an exported file's first output from that of training, on one batch. */
    double difference(byte[] exported) {
        try (BatchSource.Stream batches = training.epoch(0, 0);
                Batch batch = batches.next();
                Feeds feeds = Feeds.of(
                        batch, stepper.layout().inputs(), stepper.layout().targets())) {
            return stepper.state().difference(exported, bestOrLast(), feeds.tensors());
        }
    }
}
