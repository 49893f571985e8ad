package dev.hone.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.hone.model.Classifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.PairedComparison;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.image.Image;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Overhead of {@code hone predict} over a plain ONNX Runtime session on the same decoded tensor, in alternating runs.
 * The only class outside {@code runtime} that uses ONNX Runtime directly, since the session of {@code runtime} is part
 * of what is measured.
 */
final class PredictOverhead {
    private static final Duration BUDGET = Duration.ofSeconds(6);

    private PredictOverhead() {}

    static void run(Path file) {
        SessionOptions options = SessionOptions.defaults();
        try (Classifier classifier = new Classifier(file, options)) {
            ImageStore.Form form = classifier.form();
            byte[] pixels = new byte[form.bytes()];
            new Random(1).nextBytes(pixels);
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (NativeTensor tensor =
                            classifier.tensor(new Image(form.channels(), form.height(), form.width(), pixels));
                    OrtSession.SessionOptions bareOptions = bare(options);
                    OrtSession session = environment.createSession(file.toString(), bareOptions);
                    OnnxTensor input =
                            OnnxTensor.createTensor(environment, tensor.buffer().asFloatBuffer(), tensor.dims())) {
                String name = session.getInputNames().iterator().next();
                PairedComparison paired = PairedComparison.compare(
                        () -> bareRun(session, name, input), () -> classifier.probabilities(tensor), BUDGET);
                System.out.printf(
                        Locale.ROOT,
                        "%s bare %.3f ms, predict %.3f ms, ratio %.3f (%.3f to %.3f)%n",
                        file.getFileName(),
                        paired.a().p50(),
                        paired.b().p50(),
                        paired.ratio(),
                        paired.low(),
                        paired.high());
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static OrtSession.SessionOptions bare(SessionOptions like) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(like.threads());
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", like.spinning() ? "1" : "0");
        return options;
    }

    private static void bareRun(OrtSession session, String name, OnnxTensor input) {
        try (OrtSession.Result result = session.run(Map.of(name, input))) {
            float[][] scores = (float[][]) result.get(0).getValue();
            if (scores.length != 1) {
                throw new IllegalStateException("one image in, " + scores.length + " out");
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
