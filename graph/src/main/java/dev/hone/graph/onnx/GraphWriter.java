package dev.hone.graph.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.hone.graph.Attribute;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.proto.AttributeProto;
import dev.hone.graph.onnx.proto.AttributeProto.AttributeType;
import dev.hone.graph.onnx.proto.FunctionProto;
import dev.hone.graph.onnx.proto.GraphProto;
import dev.hone.graph.onnx.proto.NodeProto;
import dev.hone.graph.onnx.proto.OperatorSetIdProto;
import dev.hone.graph.onnx.proto.SparseTensorProto;
import dev.hone.graph.onnx.proto.TensorAnnotation;
import dev.hone.graph.onnx.proto.TensorProto;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Converts graphs to {@code GraphProto}s and {@code FunctionProto}s, the reverse of {@link GraphReader}. */
final class GraphWriter {
    private final ExternalTensors external;
    private final boolean initializersAreInputs;

    /** @param external stores the large initializers, or null to keep all of them in the message */
    GraphWriter(ExternalTensors external, long irVersion) {
        this.external = external;
        this.initializersAreInputs = irVersion < 4;
    }

    GraphProto write(Graph graph) throws IOException {
        GraphProto.Builder proto = GraphProto.newBuilder();
        merge(proto, graph.carried(), "graph '" + graph.name() + "'");
        Map<String, TensorProto> described = new HashMap<>();
        proto.getInitializerList().forEach(t -> described.put(t.getName(), t));
        proto.clearInitializer().setName(graph.name());
        if (!graph.doc().isEmpty()) {
            proto.setDocString(graph.doc());
        }
        for (Value input : graph.inputs()) {
            proto.addInput(Types.write(input));
        }
        Set<Value> listed = new HashSet<>(graph.inputs());
        for (Value constant : graph.constants()) {
            TensorProto tensor = initializer(constant.name(), constant.constant());
            TensorProto description = described.get(constant.name());
            proto.addInitializer(
                    description == null
                            ? tensor
                            : tensor.toBuilder().mergeFrom(description).build());
            if (initializersAreInputs && graph.owner() == null && listed.add(constant)) {
                proto.addInput(Types.write(constant));
            }
        }
        for (Node node : graph.nodes()) {
            SparseTensorProto sparse = sparseInitializer(node);
            if (sparse != null) {
                proto.addSparseInitializer(sparse);
                // The type is part of the tensor.
                listed.add(node.output());
            } else {
                proto.addNode(write(node));
            }
        }
        for (Value output : graph.outputs()) {
            proto.addOutput(Types.write(output));
        }
        listed.addAll(graph.outputs());
        for (Value value : graph.values()) {
            if (!listed.contains(value)
                    && (value.constant() == null ? Types.isKnown(value) : value.carried() != null)) {
                proto.addValueInfo(Types.write(value));
            }
        }
        keepValidAnnotations(proto, graph);
        return proto.build();
    }

    private TensorProto initializer(String name, Tensor tensor) throws IOException {
        return external != null && external.takes(tensor)
                ? external.write(name, tensor)
                : TensorWriter.write(name, tensor);
    }

    /** The sparse tensor of a {@code Constant} that came from a sparse initializer, or null. */
    private static SparseTensorProto sparseInitializer(Node node) {
        if (!node.is("Constant")
                || !node.name().isEmpty()
                || !(node.attribute("sparse_value") instanceof Attribute.Opaque value)) {
            return null;
        }
        try {
            SparseTensorProto sparse = AttributeProto.parseFrom(value.bytes()).getSparseTensor();
            return sparse.getValues().getName().isEmpty()
                    ? null
                    : sparse.toBuilder()
                            .setValues(sparse.getValues().toBuilder()
                                    .setName(node.output().name()))
                            .build();
        } catch (InvalidProtocolBufferException e) {
            throw new GraphException(node, "has a damaged attribute sparse_value");
        }
    }

    /** Rewriting may have removed the values that an annotation refers to. */
    private static void keepValidAnnotations(GraphProto.Builder proto, Graph graph) {
        if (proto.getQuantizationAnnotationCount() == 0) {
            return;
        }
        Set<String> names = new HashSet<>();
        graph.values().forEach(v -> names.add(v.name()));
        List<TensorAnnotation> all = List.copyOf(proto.getQuantizationAnnotationList());
        proto.clearQuantizationAnnotation();
        for (TensorAnnotation annotation : all) {
            if (names.contains(annotation.getTensorName())
                    && annotation.getQuantParameterTensorNamesList().stream()
                            .allMatch(e -> names.contains(e.getValue()))) {
                proto.addQuantizationAnnotation(annotation);
            }
        }
    }

    FunctionProto write(Function function) throws IOException {
        Graph body = function.body();
        FunctionProto.Builder proto = FunctionProto.newBuilder();
        merge(proto, body.carried(), "function '" + function.name() + "'");
        proto.setName(function.name()).setDomain(function.domain());
        if (!function.overload().isEmpty()) {
            proto.setOverload(function.overload());
        }
        if (!function.doc().isEmpty()) {
            proto.setDocString(function.doc());
        }
        body.inputs().forEach(v -> proto.addInput(v.name()));
        body.outputs().forEach(v -> proto.addOutput(v.name()));
        proto.addAllAttribute(function.attributes());
        for (Map.Entry<String, Attribute> entry : function.defaults().entrySet()) {
            proto.addAttributeProto(write(entry.getKey(), entry.getValue()));
        }
        // A function has no initializers; constants added to its body by a rewrite become nodes.
        for (Value constant : body.constants()) {
            proto.addNode(NodeProto.newBuilder()
                    .setOpType("Constant")
                    .addOutput(constant.name())
                    .addAttribute(write("value", Attribute.of(constant.constant()))));
        }
        for (Node node : body.nodes()) {
            proto.addNode(write(node));
        }
        for (Value value : body.values()) {
            if (value.constant() == null && Types.isKnown(value)) {
                proto.addValueInfo(Types.write(value));
            }
        }
        function.opsets()
                .forEach((domain, version) -> proto.addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
        return proto.build();
    }

    private NodeProto write(Node node) throws IOException {
        NodeProto.Builder proto = NodeProto.newBuilder();
        merge(proto, node.carried(), node.label());
        Map<String, AttributeProto> described = new HashMap<>();
        proto.getAttributeList().forEach(a -> described.put(a.getName(), a));
        proto.clearAttribute().setOpType(node.op());
        if (!node.domain().isEmpty()) {
            proto.setDomain(node.domain());
        }
        if (!node.overload().isEmpty()) {
            proto.setOverload(node.overload());
        }
        if (!node.name().isEmpty()) {
            proto.setName(node.name());
        }
        if (!node.doc().isEmpty()) {
            proto.setDocString(node.doc());
        }
        node.inputs().forEach(v -> proto.addInput(v == null ? "" : v.name()));
        node.outputs().forEach(v -> proto.addOutput(v == null ? "" : v.name()));
        for (Map.Entry<String, Attribute> entry : node.attributes().entrySet()) {
            AttributeProto attribute = write(entry.getKey(), entry.getValue());
            AttributeProto description = described.get(entry.getKey());
            proto.addAttribute(description == null ? attribute : described(attribute, description));
        }
        return proto.build();
    }

    /** Restores the other fields of an attribute, whose value may have changed since reading. */
    private static AttributeProto described(AttributeProto attribute, AttributeProto description) {
        AttributeProto.Builder proto = attribute.toBuilder();
        if (description.hasDocString()) {
            proto.setDocString(description.getDocString());
        }
        if (description.hasT() && attribute.hasT()) {
            proto.getTBuilder().mergeFrom(description.getT());
        }
        for (int i = 0; i < Math.min(description.getTensorsCount(), attribute.getTensorsCount()); i++) {
            proto.getTensorsBuilder(i).mergeFrom(description.getTensors(i));
        }
        return proto.build();
    }

    private AttributeProto write(String name, Attribute attribute) throws IOException {
        AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
        if (attribute instanceof Attribute.Int value) {
            proto.setType(AttributeType.INT).setI(value.value());
        } else if (attribute instanceof Attribute.Float value) {
            proto.setType(AttributeType.FLOAT).setF(value.value());
        } else if (attribute instanceof Attribute.Str value) {
            proto.setType(AttributeType.STRING).setS(ByteString.copyFrom(value.bytes()));
        } else if (attribute instanceof Attribute.TensorValue value) {
            proto.setType(AttributeType.TENSOR).setT(TensorWriter.withData(TensorProto.newBuilder(), value.value()));
        } else if (attribute instanceof Attribute.GraphValue value) {
            proto.setType(AttributeType.GRAPH).setG(write(value.value()));
        } else if (attribute instanceof Attribute.Ints value) {
            proto.setType(AttributeType.INTS).addAllInts(value.values());
        } else if (attribute instanceof Attribute.Floats value) {
            proto.setType(AttributeType.FLOATS).addAllFloats(value.values());
        } else if (attribute instanceof Attribute.Strs value) {
            proto.setType(AttributeType.STRINGS);
            value.values().forEach(s -> proto.addStrings(ByteString.copyFrom(s)));
        } else if (attribute instanceof Attribute.Tensors value) {
            proto.setType(AttributeType.TENSORS);
            value.values().forEach(t -> proto.addTensors(TensorWriter.withData(TensorProto.newBuilder(), t)));
        } else if (attribute instanceof Attribute.Graphs value) {
            proto.setType(AttributeType.GRAPHS);
            for (Graph graph : value.values()) {
                proto.addGraphs(write(graph));
            }
        } else if (attribute instanceof Attribute.Reference value) {
            proto.setRefAttrName(value.name());
            AttributeType type = AttributeType.forNumber(value.kind());
            if (type != null) {
                proto.setType(type);
            }
        } else if (attribute instanceof Attribute.Opaque value) {
            merge(proto, value.bytes(), "attribute " + name);
            proto.setName(name);
        }
        return proto.build();
    }

    static void merge(Message.Builder proto, byte[] carried, String owner) {
        if (carried == null) {
            return;
        }
        try {
            proto.mergeFrom(carried);
        } catch (InvalidProtocolBufferException e) {
            throw new GraphException(owner + " has damaged fields", e);
        }
    }
}
