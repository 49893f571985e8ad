package dev.hone.graph.onnx;

import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import dev.hone.graph.Attribute;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.proto.ModelProto;
import dev.hone.graph.onnx.proto.OperatorSetIdProto;
import dev.hone.graph.onnx.proto.StringStringEntryProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Writes ONNX models, after sorting nodes and making value names unique. Files are written atomically and flushed to
 * disk.
 */
public final class OnnxWriter {
    /** An ONNX file is limited to 2 GiB; the remainder is reserved for everything except tensors. */
    private static final long LARGEST_INTERNAL = Integer.MAX_VALUE - (128L << 20);

    /** With external data, tensors below this size in bytes stay in the model file, as in other ONNX tools. */
    private static final long EXTERNAL_FROM = 1024;

    private OnnxWriter() {}

    /** Looks at a complete model file, which has a temporary name, before it replaces the target; throws to prevent that. */
    @FunctionalInterface
    public interface Check {
        /** Accepts every file. */
        Check NONE = written -> {};

        void accept(Path written);
    }

    /**
     * Writes one file, or, if the tensors exceed the size limit of an ONNX file, the model file and an external data
     * file with ".data" appended to the name.
     *
     * @throws GraphException if it cannot be written; no partial files remain
     */
    public static void write(Model model, Path file) {
        write(model, file, Check.NONE);
    }

    /** The same, if the check accepts what was written. */
    public static void write(Model model, Path file, Check check) {
        write(model, file, bytes(model) > LARGEST_INTERNAL ? EXTERNAL_FROM : Long.MAX_VALUE, check);
    }

    /**
     * Writes initializers of at least {@code externalFrom} bytes to the external data file {@code file + ".data"}.
     */
    public static void write(Model model, Path file, long externalFrom) {
        write(model, file, externalFrom, Check.NONE);
    }

    private static void write(Model model, Path file, long externalFrom, Check check) {
        Path target = target(file);
        write(file, () -> {
            if (externalFrom < Long.MAX_VALUE) {
                writeWithData(model, target, data(target), externalFrom, check);
            } else {
                writeWhole(toProto(model, null), target, check);
            }
        });
    }

    /**
     * Writes a model whose large tensors are already in an external data file. Initializers mapped from {@code
     * finished} refer to it, the others stay in the model file; {@code finished} is renamed to the model's name with
     * ".data" appended, if the check accepts both.
     *
     * @param finished a complete file in the folder of {@code file}, flushed to disk
     */
    public static void write(Model model, Path file, Path finished, Check check) {
        Path target = target(file);
        write(file, () -> {
            Path data = data(target);
            ModelProto proto = toProto(model, new ExternalTensors.Finished(finished, name(data)));
            try (AtomicFile whole = AtomicFile.beside(target)) {
                whole.write(proto::writeTo);
                whole.sync();
                checkBeside(toProto(model, new ExternalTensors.Finished(finished, name(finished))), target, check);
                AtomicFile.putInPlace(finished, data);
                whole.commit();
            }
        });
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void write(Path file, Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new GraphException(
                    "cannot write " + file + ": " + FileErrors.reason(e)
                            + "; nothing was written, choose another place or make room",
                    e);
        }
    }

    /**
     * Resolves symbolic links.
     *
     * @throws GraphException if the file cannot be created
     */
    private static Path target(Path file) {
        Path target;
        try {
            target = AtomicFile.target(file);
        } catch (IOException e) {
            throw new GraphException("cannot write " + file + ": " + FileErrors.reason(e), e);
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new GraphException("cannot write " + file + ": it is "
                    + (Files.isDirectory(target) ? "a folder" : "not a regular file") + "; choose a file name");
        }
        if (!Files.isDirectory(target.getParent())) {
            throw new GraphException(
                    "cannot write " + file + ": the folder " + target.getParent() + " does not exist; create it first");
        }
        return target;
    }

    private static Path data(Path target) {
        return target.resolveSibling(target.getFileName() + ".data");
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static void writeWhole(ModelProto proto, Path target, Check check) throws IOException {
        try (AtomicFile whole = AtomicFile.beside(target)) {
            whole.write(proto::writeTo);
            whole.sync();
            check.accept(whole.part());
            whole.commit();
        }
    }

    /** Both files are flushed to disk, and checked, before either is renamed. */
    private static void writeWithData(Model model, Path target, Path data, long externalFrom, Check check)
            throws IOException {
        try (AtomicFile tensors = AtomicFile.beside(data);
                AtomicFile whole = AtomicFile.beside(target)) {
            ExternalData external = new ExternalData(tensors.channel(), name(data), externalFrom);
            ModelProto proto = toProto(model, external);
            tensors.sync();
            whole.write(proto::writeTo);
            whole.sync();
            checkBeside(toProto(model, external.named(name(tensors.part()))), target, check);
            if (!external.isEmpty()) {
                tensors.commit();
            }
            whole.commit();
        }
    }

    /** Checks a file of the model that refers to the external data under their temporary name. */
    private static void checkBeside(ModelProto proto, Path target, Check check) throws IOException {
        if (check == Check.NONE) {
            return;
        }
        try (AtomicFile copy = AtomicFile.beside(target)) {
            copy.write(proto::writeTo);
            check.accept(copy.part());
        }
    }

    /**
     * The serialized model.
     *
     * @throws GraphException above 2 GiB
     */
    public static byte[] toBytes(Model model) {
        if (bytes(model) > LARGEST_INTERNAL) {
            throw new GraphException("the tensors of the model take " + bytes(model)
                    + " bytes, more than a byte array can hold; write it to a file");
        }
        try {
            return toProto(model, null).toByteArray();
        } catch (IOException e) {
            throw new GraphException("cannot write to memory: " + e.getMessage(), e);
        }
    }

    private static ModelProto toProto(Model model, ExternalTensors external) throws IOException {
        model.graph().tidy();
        ModelProto.Builder proto = ModelProto.newBuilder();
        GraphWriter.merge(proto, model.carried(), "the model");
        proto.setIrVersion(model.irVersion());
        setUnlessEmpty(model.producer(), proto::setProducerName);
        setUnlessEmpty(model.producerVersion(), proto::setProducerVersion);
        setUnlessEmpty(model.domain(), proto::setDomain);
        setUnlessEmpty(model.doc(), proto::setDocString);
        if (model.version() != 0) {
            proto.setModelVersion(model.version());
        }
        GraphWriter writer = new GraphWriter(external, model.irVersion());
        proto.setGraph(writer.write(model.graph()));
        model.opsets()
                .forEach((domain, version) -> proto.addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
        model.metadata()
                .forEach((key, value) -> proto.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        for (Function function : model.functions()) {
            function.body().tidy();
            proto.addFunctions(writer.write(function));
        }
        return proto.build();
    }

    private static void setUnlessEmpty(String text, Consumer<String> field) {
        if (!text.isEmpty()) {
            field.accept(text);
        }
    }

    // ---- sizes

    /** Total size of all tensors in bytes. */
    private static long bytes(Model model) {
        return bytes(model.graph())
                + model.functions().stream().mapToLong(f -> bytes(f.body())).sum();
    }

    private static long bytes(Graph graph) {
        long sum = 0;
        for (Value constant : graph.constants()) {
            sum += constant.constant().data().size();
        }
        for (Node node : graph.nodes()) {
            for (Attribute attribute : node.attributes().values()) {
                if (attribute instanceof Attribute.TensorValue value) {
                    sum += value.value().data().size();
                } else if (attribute instanceof Attribute.Tensors values) {
                    sum += values.values().stream()
                            .map(Tensor::data)
                            .mapToLong(d -> d.size())
                            .sum();
                }
            }
            for (Graph subgraph : node.subgraphs()) {
                sum += bytes(subgraph);
            }
        }
        return sum;
    }
}
