package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.analysis.FixedBatch;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.tflite.TfliteReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Opens model files for running. */
public final class ModelFiles {
    /** What the output of a model for explanations is; in memory only. */
    private static final String EXPLAINED = "hone.explained";

    private ModelFiles() {}

    /** A session over a classifier whose scores are [N,K], and what they mean. */
    record Opened(Session session, ClassScores scores) {}

    /**
     * Reads a model file: ONNX, or TFLite as the ONNX graph that it becomes. Which of them it is, its content says, not its name.
     *
     * @throws GraphException if it cannot be read, is none of them, or has what is not supported; one line that begins with the
     *     file
     */
    public static Model read(Path file) {
        return isTflite(file) ? TfliteReader.read(file) : OnnxReader.read(file);
    }

    /** The same, height and width of the images of a TFLite model left open where its graph is right for every size. */
    public static Model readOpen(Path file) {
        return isTflite(file) ? TfliteReader.read(file, true) : OnnxReader.read(file);
    }

    /** By its content; a file that is called so and is no model of either kind is refused as TFLite. */
    private static boolean isTflite(Path file) {
        if (TfliteReader.isTflite(file)) {
            return true;
        }
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".tflite") || !Files.isRegularFile(file)) {
            return false;
        }
        try {
            OnnxReader.readUnchanged(file);
            return false;
        } catch (GraphException e) {
            return true;
        }
    }

    /** The same, an ONNX model without bringing it to {@link Model#OPSET}. */
    public static Model readUnchanged(Path file) {
        return isTflite(file) ? TfliteReader.read(file) : OnnxReader.readUnchanged(file);
    }

    /**
     * Opens a classifier of images.
     *
     * @param pixels what a model that Hone did not make expects, null for what is usual
     * @throws HoneException if it takes no image or gives no scores of classes
     */
    static Opened openClassifier(Path file, PixelRange pixels, SessionOptions options) {
        Session session = open(file, options);
        try {
            int channels = (int) ImageInput.image(file, session).dims()[1];
            PixelRange range = PixelRange.of(session.metadata(), pixels, channels);
            ClassScores scores = declared(file, session);
            if (scores == null) {
                scores = ScoreAnalysis.of(file, read(file), session, range, options);
            }
            if (ScoreForm.isIn(session, scores)) {
                return new Opened(session, scores);
            }
            Session formed = Session.open(OnnxWriter.toBytes(ScoreForm.of(read(file), scores)), options);
            session.close();
            return new Opened(formed, scores);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static ClassScores declared(Path file, Session session) {
        try {
            return ClassScores.declared(session);
        } catch (HoneException e) {
            throw new HoneException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * What the scores of a model mean.
     *
     * @param model as it was read from the file; stays as it is
     * @return null where it is no classifier, or cannot be run to see it
     */
    public static ClassScores scores(Path file, Model model, PixelRange pixels, SessionOptions options) {
        try {
            ClassScores said = ClassScores.read(model.metadata());
            if (said != null) {
                return said;
            }
            return ModelCard.isIn(model.metadata())
                    ? ClassScores.byNames(model.graph())
                    : ScoreAnalysis.of(file, ZippedScores.unzipped(model.copy()), null, range(model, pixels), options);
        } catch (HoneException e) {
            return null;
        }
    }

    /**
     * A model for explanations: its only output is the logits [N,K] where there are any behind its scores, else the scores.
     *
     * @param model as it was read from the file; of it a batch becomes a number that is open in the file only,
     *     and an input of doubles or half floats one of floats
     * @param twoClasses whether a single score is explained as two classes, or else by itself, [N,1]
     */
    public static Model explained(
            Path file, Model model, boolean twoClasses, PixelRange pixels, SessionOptions options) {
        FixedBatch.bind(model);
        ForeignTable.takeFloats(model);
        ClassScores scores = scores(file, model, pixels, options);
        if (scores == null) {
            return model;
        }
        Model explained = ScoreForm.explained(
                ZippedScores.unzipped(model.copy()), scores, twoClasses, range(model, pixels), options);
        boolean isOutput = explained.graph().outputs().get(0).name().equals(scores.output());
        explained.metadata().put(EXPLAINED, isOutput ? scores.meaning().singular() : "logit");
        return explained;
    }

    /** What a model of {@link #explained} gives for a class: logit, probability or, where that is not known, score. */
    public static String explainedName(Model explained) {
        return explained.metadata().getOrDefault(EXPLAINED, "score");
    }

    /** Whether a model has operators of ai.onnx.ml, such as trees, which have no gradients. */
    public static boolean hasTrees(Model model) {
        return ZippedScores.isIn(model);
    }

    private static PixelRange range(Model model, PixelRange pixels) {
        Shape shape = model.graph().inputs().isEmpty()
                ? null
                : model.graph().inputs().get(0).shape();
        boolean isImage = shape != null && shape.rank() == 4 && shape.dim(1).isConstant();
        return PixelRange.of(
                model.metadata(), pixels, isImage ? (int) shape.dim(1).constant() : 1);
    }

    /**
     * A session over a file. Where the runtime refuses, Hone reads the file too: of an empty, truncated or foreign file
     * the runtime says no more than that parsing failed.
     *
     * @throws GraphException if the file is no readable model, in the words of what reads it
     * @throws OnnxRuntimeException if it is one that the runtime cannot run
     */
    public static Session open(Path file, SessionOptions options) {
        if (isTflite(file)) {
            return opened(file, TfliteReader.read(file), options);
        }
        try {
            return Session.open(file, options);
        } catch (OnnxRuntimeException e) {
            OnnxReader.readUnchanged(file);
            throw e;
        }
    }

    private static Session opened(Path file, Model model, SessionOptions options) {
        try {
            return Session.open(OnnxWriter.toBytes(model), options);
        } catch (HoneException e) {
            throw new OnnxRuntimeException(file + ": " + e.getMessage(), e);
        }
    }

    /** Bytes of a model file and of the tensors that lie outside of it. */
    public static long size(Path file) {
        try {
            long own = Files.size(file);
            if (TfliteReader.isTflite(file)) {
                return own;
            }
            long tensors = OnnxReader.readUnchanged(file).graph().constants().stream()
                    .mapToLong(constant -> constant.constant().data().size())
                    .sum();
            return tensors > own ? own + tensors : own;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
