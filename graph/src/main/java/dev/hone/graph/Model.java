package dev.hone.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A graph with what an ONNX file says around it: operator sets, functions, metadata. */
public final class Model {
    private final Graph graph;
    private long irVersion = 10;
    private String producer = "hone";
    private String producerVersion = "";
    private String domain = "";
    private long version;
    private String doc = "";
    private byte[] carried;
    private final Map<String, Long> opsets = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Function> functions = new ArrayList<>();

    /** The version of ONNX's own operator set that Hone writes and brings older models up to. */
    public static final long OPSET = 21;

    public Model(Graph graph) {
        this.graph = graph;
        opsets.put("", OPSET);
    }

    public Graph graph() {
        return graph;
    }

    public long irVersion() {
        return irVersion;
    }

    public void setIrVersion(long irVersion) {
        this.irVersion = irVersion;
    }

    public String producer() {
        return producer;
    }

    public String producerVersion() {
        return producerVersion;
    }

    public void setProducer(String name, String producerVersion) {
        this.producer = name;
        this.producerVersion = producerVersion;
    }

    /** The model's own reverse-DNS namespace, seldom set. */
    public String domain() {
        return domain;
    }

    /** The model's own version number. */
    public long version() {
        return version;
    }

    public void setIdentity(String modelDomain, long modelVersion) {
        this.domain = modelDomain;
        this.version = modelVersion;
    }

    public String doc() {
        return doc;
    }

    public void setDoc(String doc) {
        this.doc = doc;
    }

    /**
     * Fields of its {@code ModelProto} in the file that Hone does not interpret, serialized, or null; written back as they are. Training information is among
     * them.
     */
    public byte[] carried() {
        return carried;
    }

    public void setCarried(byte[] carried) {
        this.carried = carried;
    }

    /** Operator-set domain ("" for ONNX's own) to version. */
    public Map<String, Long> opsets() {
        return opsets;
    }

    /** The version of ONNX's own operator set, 1 if the file names none. */
    public long opset() {
        return opsets.getOrDefault("", 1L);
    }

    /** The {@code metadata_props} of the file: labels, provenance and the like, in order. */
    public Map<String, String> metadata() {
        return metadata;
    }

    public List<Function> functions() {
        return functions;
    }

    /**
     * A model of its own: changing either leaves the other as it is. Tensors are immutable and shared, so nothing of
     * their size is copied. As before writing, nodes are sorted and value names made distinct first, here too, so that a
     * name means the same value in both.
     */
    public Model copy() {
        graph.tidy();
        functions.forEach(f -> f.body().tidy());
        return new GraphCopier().copy(this);
    }
}
