package dev.hone.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A graph with the other contents of an ONNX file: opsets, functions, metadata. */
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

    /** The opset of the ONNX domain that Hone writes, and to which it upgrades older models. */
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

    /** The model's reverse-DNS namespace, rarely set. */
    public String domain() {
        return domain;
    }

    /** The version number of the model. */
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
     * Serialized fields of its {@code ModelProto} that Hone does not interpret, such as training information, or null.
     * They are written back unchanged.
     */
    public byte[] carried() {
        return carried;
    }

    public void setCarried(byte[] carried) {
        this.carried = carried;
    }

    /** Opset version by domain ("" is the ONNX domain). */
    public Map<String, Long> opsets() {
        return opsets;
    }

    /** The opset version of the ONNX domain, 1 if the file specifies none. */
    public long opset() {
        return opsets.getOrDefault("", 1L);
    }

    /** The {@code metadata_props} of the file, in order: labels, provenance, and others. */
    public Map<String, String> metadata() {
        return metadata;
    }

    public List<Function> functions() {
        return functions;
    }

    /**
     * An independent copy. Immutable tensors are shared, so no weights are copied. As before writing, the nodes of this
     * model are sorted and its value names made unique first, so that a name means the same value in both models.
     */
    public Model copy() {
        graph.tidy();
        functions.forEach(f -> f.body().tidy());
        return new GraphCopier().copy(this);
    }
}
