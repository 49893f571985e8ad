package dev.hone.compress.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CompressionException;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.compress.quantize.QuantizerOptions;
import dev.hone.compress.quantize.TestNets;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.loop.Schedule;
import dev.hone.train.loop.TrainingListener;
import dev.hone.train.loop.TrainingPlan;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.objective.Distillation;
import dev.hone.train.objective.Objective;
import dev.hone.train.step.CutStepper;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizationAwareTrainingTest {
    private static final int BATCH = 16;
    private static final int BATCHES = 6;
    private static final int CLASSES = 5;

    private final Model model = TestNets.of("residual");

    /** Images of random numbers, the labels those that the FP32 model gives them. */
    private final class Source implements BatchSource {
        @Override
        public long samples() {
            return (long) BATCH * BATCHES;
        }

        @Override
        public int batches() {
            return BATCHES;
        }

        @Override
        public Stream epoch(int epoch, int first) {
            return new Stream() {
                private int next = first;

                @Override
                public boolean hasNext() {
                    return next < BATCHES;
                }

                @Override
                public Batch next() {
                    return batch(next++);
                }

                @Override
                public void close() {}
            };
        }
    }

    private final List<Batch> made = new ArrayList<>();

    private Batch batch(int index) {
        while (made.size() <= index) {
            made.add(make(made.size()));
        }
        return made.get(index);
    }

    private Batch make(int index) {
        ByteBuffer images;
        float[] logits;
        long[] dims;
        try (NativeTensor x = TestNets.images(BATCH, 100 + index)) {
            images = direct(x.buffer().remaining());
            images.put(x.buffer()).rewind();
            dims = x.dims();
            logits = TestNets.run(model, x, "y");
        }
        ByteBuffer labels = direct(8 * BATCH);
        ByteBuffer targets = direct(4 * BATCH * CLASSES);
        for (int i = 0; i < BATCH; i++) {
            int best = 0;
            for (int k = 1; k < CLASSES; k++) {
                best = logits[i * CLASSES + k] > logits[i * CLASSES + best] ? k : best;
            }
            labels.putLong(8 * i, best);
            targets.putFloat(4 * (i * CLASSES + best), 1);
        }
        Map<String, Batch.Array> arrays = new LinkedHashMap<>();
        arrays.put("images", new Batch.Array(ElementType.FLOAT, images, dims));
        arrays.put(Batch.LABELS, new Batch.Array(ElementType.INT64, labels, BATCH));
        arrays.put(Batch.TARGETS, new Batch.Array(ElementType.FLOAT, targets, BATCH, CLASSES));
        return new Batch(new int[BATCH], arrays, () -> {});
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Calibrated on images an eighth as bright as those in use: nearly every activation saturates. */
    private QuantizationResult bad() {
        try (NativeTensor x = TestNets.images(8, 1)) {
            float[] dim = x.floats();
            for (int i = 0; i < dim.length; i++) {
                dim[i] /= 8;
            }
            try (NativeTensor images = NativeTensor.ofFloats(dim, x.dims())) {
                return Quantizer.quantize(
                        model, CalibrationData.of(List.of(images)), QuantizerOptions.defaults(), Progress.NONE);
            }
        }
    }

    private double decibels(Model quantized) {
        try (NativeTensor x = TestNets.images(32, 7)) {
            return TestNets.decibels(TestNets.run(model, x, "y"), TestNets.run(quantized, x, "y"));
        }
    }

    private QuantizationAwareTraining.Outcome train(QuantizationResult start, double teacher) {
        return QuantizationAwareTraining.train(
                start,
                StepOptions.of(BATCH, new CrossEntropy(), new Optimizer.Adam(0)),
                TrainingPlan.of(12, 0.003)
                        .withSchedule(new Schedule.Constant(0.003))
                        .withAverageDecay(0),
                teacher,
                new Source(),
                new Source(),
                List.of("a", "b", "c", "d", "e"),
                SessionOptions.defaults(),
                TrainingListener.NONE);
    }

    @Test
    void repairsABadlyQuantizedNet() {
        QuantizationResult start = bad();
        QuantizationAwareTraining.Outcome outcome = train(start, 1);
        assertThat(outcome.trained()).isTrue();
        assertThat(outcome.before()).isLessThan(0.7);
        assertThat(outcome.after()).isGreaterThan(outcome.before() + 0.1);
        double first = outcome.history().epochs().get(0).loss();
        double last = outcome.history().epochs().get(11).loss();
        assertThat(last).isLessThan(first - 0.1);
        assertThat(outcome.quantization().model().metadata().get(Quantizer.METADATA_KEY))
                .contains("trained");
        assertThat(decibels(outcome.quantization().model())).isGreaterThan(decibels(start.model()) + 3);
        assertThat(outcome.summary()).startsWith("trained for 12 epochs; validation macro F1");
    }

    /** The FP32 model's part in the gradient is that of its probabilities mixed into the targets. */
    @Test
    void learnsFromTheModelAsFromMixedTargets() {
        double share = 0.9;
        QuantizationResult start = bad();
        FakeQuantization fake = FakeQuantization.of(start);
        StepOptions options =
                StepOptions.of(BATCH, new CrossEntropy(), new Optimizer.Adam(0)).withAlso(fake.learned());
        Objective distillation = new Distillation(start.origin().model(), 1, share, new CrossEntropy());
        try (CutStepper taught = new CutStepper(
                        fake.model(), options.withObjective(distillation), SessionOptions.defaults(), 0);
                CutStepper plain = new CutStepper(fake.model(), options, SessionOptions.defaults(), 0);
                NativeTensor x = TestNets.images(BATCH, 100)) {
            float[] logits = TestNets.run(start.origin().model(), x, "y");
            float[] labels = new float[BATCH * CLASSES];
            float[] mixed = new float[BATCH * CLASSES];
            for (int row = 0; row < BATCH; row++) {
                labels[row * CLASSES + row % CLASSES] = 1;
                double sum = 0;
                for (int k = 0; k < CLASSES; k++) {
                    sum += Math.exp(logits[row * CLASSES + k]);
                }
                for (int k = 0; k < CLASSES; k++) {
                    int at = row * CLASSES + k;
                    mixed[at] = (float) (share * Math.exp(logits[at]) / sum + (1 - share) * labels[at]);
                }
            }
            String input = taught.layout().inputs().get(0);
            try (NativeTensor hard = NativeTensor.ofFloats(labels, BATCH, CLASSES);
                    NativeTensor soft = NativeTensor.ofFloats(mixed, BATCH, CLASSES)) {
                float[] found = taught.gradient(Map.of(input, x, Batch.TARGETS, hard))
                        .vector()
                        .array();
                float[] expected = plain.gradient(Map.of(input, x, Batch.TARGETS, soft))
                        .vector()
                        .array();
                assertThat(TestNets.decibels(expected, found)).isGreaterThan(100);
            }
        }
    }

    @Test
    void refusesWhatCannotBeTrained() {
        QuantizationResult start = bad();
        QuantizationResult none = new QuantizationResult(model, 1, 0, Map.of(), null);
        assertThatThrownBy(() -> train(none, 1))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("nothing of the model is in INT8");
        assertThatThrownBy(() -> train(start, 2)).hasMessageContaining("expected 0 to 1");
    }
}
