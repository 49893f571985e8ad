package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens model files for running. */
public final class ModelFiles {
    private ModelFiles() {}

    /** A classifier as predictions are read from it and explained: its scores are [N,K], whatever the file has. */
    public static Model classifier(Path file) {
        return ClassScores.unify(file, OnnxReader.read(file));
    }

    /**
     * A session over {@link #classifier}.
     *
     * @throws HoneException if it takes no image or gives no scores of classes
     */
    public static Session openClassifier(Path file, SessionOptions options) {
        Session session = open(file, options);
        try {
            ImageInput.image(file, session);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
        if (ClassScores.areIn(session)) {
            return session;
        }
        session.close();
        return Session.open(OnnxWriter.toBytes(classifier(file)), options);
    }

    /**
     * A session over a file. Where the runtime refuses, Hone reads the file too: of an empty, truncated or foreign file
     * the runtime says no more than that parsing failed.
     *
     * @throws GraphException if the file is no readable ONNX model, in the words of {@link OnnxReader}
     * @throws OnnxRuntimeException if it is one that the runtime cannot run
     */
    public static Session open(Path file, SessionOptions options) {
        try {
            return Session.open(file, options);
        } catch (OnnxRuntimeException e) {
            OnnxReader.readUnchanged(file);
            throw e;
        }
    }

    /** Bytes of a model file and of the tensors that lie outside of it. */
    public static long size(Path file) {
        try {
            long own = Files.size(file);
            long tensors = OnnxReader.readUnchanged(file).graph().constants().stream()
                    .mapToLong(constant -> constant.constant().data().size())
                    .sum();
            return tensors > own ? own + tensors : own;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
