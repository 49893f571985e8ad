package dev.hone.graph.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.limit.MalformedException;
import dev.hone.core.limit.ModelLimits;
import dev.hone.graph.Attribute;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.proto.FunctionProto;
import dev.hone.graph.onnx.proto.ModelProto;
import dev.hone.graph.onnx.proto.OperatorSetIdProto;
import dev.hone.graph.rewrite.upgrade.OpsetUpgrade;
import dev.hone.graph.verify.Verifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads ONNX models. Tensors in large model files and in external data files are memory-mapped, so the operating system
 * loads them on access.
 */
public final class OnnxReader {
    /** Model files of at least this size are memory-mapped instead of copied to the heap. */
    private static final long MAPPED_FROM = 64L << 20;

    /** Limit of nested messages: more than {@link ModelLimits} let through, three for each level of subgraphs. */
    private static final int NESTING = 150;

    private OnnxReader() {}

    /**
     * Reads a file and upgrades it to {@link Model#OPSET}. Initializers that are listed as inputs too, which exporters do
     * and callers may override, are constants.
     *
     * @throws GraphException if it cannot be read, exceeds {@link ModelLimits}, is not an ONNX model, has a node that
     *     lacks what its operator requires, or uses an operator without an equivalent there
     */
    public static Model read(Path file) {
        Model model = readUnchanged(file);
        try {
            prepare(model);
        } catch (HoneException e) {
            throw new GraphException(file + ": " + e.getMessage(), e);
        }
        return model;
    }

    /** The same for a serialized model without external data. */
    public static Model read(byte[] bytes) {
        Model model = readUnchanged(bytes);
        prepare(model);
        return model;
    }

    private static void prepare(Model model) {
        for (Value input : List.copyOf(model.graph().inputs())) {
            if (input.constant() != null) {
                model.graph().removeInput(input);
            }
        }
        OpsetUpgrade.toCurrent(model);
        Verifier.checkNodes(model);
    }

    /** Reads a file without upgrading it. Writing it again preserves its content. */
    public static Model readUnchanged(Path file) {
        try {
            return read(parse(load(file), file), new TensorReader(file));
        } catch (HoneException e) {
            throw new GraphException(file + ": " + e.getMessage(), e);
        }
    }

    public static Model readUnchanged(byte[] bytes) {
        try {
            return read(parse(ByteBuffer.wrap(bytes), null), new TensorReader(null));
        } catch (HoneException e) {
            throw new GraphException("serialized model: " + e.getMessage(), e);
        }
    }

    private static ByteBuffer load(Path file) {
        if (!Files.exists(file)) {
            throw new GraphException(FileErrors.MISSING);
        }
        if (!Files.isRegularFile(file)) {
            throw new GraphException(
                    Files.isDirectory(file)
                            ? "is a folder, expected an .onnx file; name the file inside it"
                            : "is not a regular file, expected an .onnx file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > Integer.MAX_VALUE) {
                throw new GraphException("takes " + size + " bytes, an ONNX file can have 2 GiB at most;"
                        + " export the model with external data");
            }
            if (size >= MAPPED_FROM) {
                return channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            }
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new GraphException("cannot be read: " + FileErrors.reason(e), e);
        }
    }

    /** @param file whose folder holds the external data; null if there may be none */
    private static ModelProto parse(ByteBuffer bytes, Path file) {
        if (!bytes.hasRemaining()) {
            throw new GraphException("is empty, expected an ONNX model; export or copy it again");
        }
        if (isImage(bytes)) {
            throw new GraphException("is an image, expected an ONNX model");
        }
        ModelProto proto;
        try {
            ModelLimits.check(bytes, file);
            proto = message(bytes);
        } catch (IOException | MalformedException e) {
            throw new GraphException(
                    "is not an ONNX model, or a truncated one (" + kind(bytes) + "); export or copy it again", e);
        }
        if (!proto.hasGraph()) {
            throw new GraphException("is not an ONNX model (" + kind(bytes) + "); export or copy it again");
        }
        if (proto.getOpsetImportCount() == 0) {
            throw new GraphException(
                    "is not an ONNX model, or a truncated one (it specifies no opset);" + " export or copy it again");
        }
        return proto;
    }

    private static ModelProto message(ByteBuffer bytes) throws IOException {
        // With aliasing, every raw_data is a view of this buffer instead of a copy.
        CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
        in.enableAliasing(true);
        in.setRecursionLimit(NESTING);
        return ModelProto.parseFrom(in);
    }

    /** A model whose constants are still to be estimated, for {@link ConstantSizes}. */
    static Model unlimited(ByteBuffer bytes, Path file) {
        try {
            return read(message(bytes), new TensorReader(file));
        } catch (IOException e) {
            throw new GraphException("is not an ONNX model, or a truncated one; export or copy it again", e);
        }
    }

    private static boolean isImage(ByteBuffer bytes) {
        byte[] head = new byte[Math.min(4, bytes.capacity())];
        bytes.get(0, head);
        String start = new String(head, StandardCharsets.ISO_8859_1);
        return start.equals("\u0089PNG")
                || start.startsWith("\u00ff\u00d8\u00ff")
                || start.equals("II*\0")
                || start.equals("MM\0*");
    }

    /** Guesses the kind of a file that is not a model. */
    private static String kind(ByteBuffer bytes) {
        byte[] head = new byte[Math.min(64, bytes.capacity())];
        bytes.get(0, head);
        String text =
                new String(head, StandardCharsets.ISO_8859_1).stripLeading().toLowerCase(Locale.ROOT);
        if (text.startsWith("<")) {
            return "it looks like an HTML or XML page, perhaps the error page of a download";
        }
        if (text.startsWith("version https://git-lfs")) {
            return "it is a Git LFS pointer; run git lfs pull";
        }
        if (text.startsWith("pk\u0003\u0004")) {
            return "it is a ZIP archive, perhaps a PyTorch checkpoint";
        }
        return "the " + bytes.capacity() + " bytes are not a complete ModelProto message";
    }

    private static Model read(ModelProto proto, TensorReader tensors) {
        GraphReader reader = new GraphReader(tensors, proto.getIrVersion());
        Model model = new Model(reader.read(proto.getGraph()));
        model.setIrVersion(proto.getIrVersion());
        model.setProducer(proto.getProducerName(), proto.getProducerVersion());
        model.setIdentity(proto.getDomain(), proto.getModelVersion());
        model.setDoc(proto.getDocString());
        model.opsets().clear();
        model.opsets().putAll(opsets(proto.getOpsetImportList()));
        proto.getMetadataPropsList().forEach(e -> model.metadata().put(e.getKey(), e.getValue()));
        for (FunctionProto function : proto.getFunctionsList()) {
            model.functions().add(read(function, reader));
        }
        model.setCarried(tensors.serialize(proto.toBuilder()
                .clearIrVersion()
                .clearProducerName()
                .clearProducerVersion()
                .clearDomain()
                .clearModelVersion()
                .clearDocString()
                .clearGraph()
                .clearOpsetImport()
                .clearMetadataProps()
                .clearFunctions()
                .build()));
        return model;
    }

    private static Function read(FunctionProto proto, GraphReader reader) {
        Graph body = reader.readBody(proto);
        Map<String, Attribute> defaults = new LinkedHashMap<>();
        proto.getAttributeProtoList().forEach(a -> defaults.put(a.getName(), reader.attributeOutsideNode(a)));
        return new Function(
                proto.getDomain(),
                proto.getName(),
                proto.getOverload(),
                List.copyOf(proto.getAttributeList()),
                defaults,
                body,
                opsets(proto.getOpsetImportList()),
                proto.getDocString());
    }

    /** Opset version by domain; "ai.onnx" is an alias of the ONNX domain "". */
    private static Map<String, Long> opsets(List<OperatorSetIdProto> imports) {
        Map<String, Long> opsets = new LinkedHashMap<>();
        for (OperatorSetIdProto entry : imports) {
            String domain = entry.getDomain().equals("ai.onnx") ? "" : entry.getDomain();
            opsets.merge(domain, entry.getVersion(), Math::max);
        }
        return opsets;
    }
}
