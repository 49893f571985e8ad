package dev.hone.graph.onnx;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Attribute;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.proto.AttributeProto;
import dev.hone.graph.onnx.proto.AttributeProto.AttributeType;
import dev.hone.graph.onnx.proto.FunctionProto;
import dev.hone.graph.onnx.proto.GraphProto;
import dev.hone.graph.onnx.proto.NodeProto;
import dev.hone.graph.onnx.proto.SparseTensorProto;
import dev.hone.graph.onnx.proto.TensorProto;
import dev.hone.graph.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Converts {@code GraphProto}s and function bodies to graphs: names become references to values. */
final class GraphReader {
    private final TensorReader tensors;

    /**
     * Before IR version 4 every initializer is listed as an input, which does not mean that callers may override it.
     */
    private final boolean initializersAreInputs;

    GraphReader(TensorReader tensors, long irVersion) {
        this.tensors = tensors;
        this.initializersAreInputs = irVersion < 4;
    }

    /** Name resolution: the values of a graph, then those of the enclosing graphs. */
    private record Scope(Map<String, Value> values, Scope outer) {
        Scope(Scope outer) {
            this(new HashMap<>(), outer);
        }

        Value find(String name) {
            Value value = values.get(name);
            return value != null || outer == null ? value : outer.find(name);
        }

        void define(String name, Value value) {
            if (values.put(name, value) != null) {
                throw new GraphException("value '" + name + "' is defined twice; names must be unique");
            }
        }
    }

    Graph read(GraphProto proto) {
        return read(proto, null);
    }

    private Graph read(GraphProto proto, Scope outer) {
        Graph graph = new Graph(proto.getName());
        graph.setDoc(proto.getDocString());
        Scope scope = new Scope(outer);
        for (TensorProto tensor : proto.getInitializerList()) {
            scope.define(tensor.getName(), graph.addConstant(tensor.getName(), tensors.read(tensor)));
        }
        for (ValueInfoProto input : proto.getInputList()) {
            addInput(graph, input, scope);
        }
        for (SparseTensorProto sparse : proto.getSparseInitializerList()) {
            String name = sparse.getValues().getName();
            if (!(initializersAreInputs && scope.values.containsKey(name))) {
                scope.define(name, addSparse(graph, sparse));
            }
        }
        GraphProto.Builder rest = proto.toBuilder()
                .clearName()
                .clearDocString()
                .clearInitializer()
                .clearSparseInitializer()
                .clearInput()
                .clearOutput()
                .clearValueInfo()
                .clearNode();
        proto.getInitializerList().forEach(t -> Descriptions.of(t).ifPresent(rest::addInitializer));
        readNodes(graph, proto.getNodeList(), scope);
        for (ValueInfoProto info : proto.getValueInfoList()) {
            Value value = scope.values.get(info.getName());
            if (value == null) {
                rest.addValueInfo(info);
            } else {
                Types.read(info, value, tensors);
            }
        }
        for (ValueInfoProto info : proto.getOutputList()) {
            Value value = scope.find(info.getName());
            if (value == null) {
                throw new GraphException("output '" + info.getName() + "' of graph '" + proto.getName()
                        + "' is produced by no node; the file is damaged");
            }
            if (value.graph() == graph) {
                Types.read(info, value, tensors);
            }
            graph.addOutput(value);
        }
        graph.setCarried(tensors.serialize(rest.build()));
        return graph;
    }

    private void addInput(Graph graph, ValueInfoProto proto, Scope scope) {
        Value initializer = scope.values.get(proto.getName());
        if (initializer == null) {
            Value input = graph.addInput(proto.getName(), null, null);
            scope.define(proto.getName(), input);
            Types.read(proto, input, tensors);
            return;
        }
        if (initializer.constant() == null || graph.inputs().contains(initializer)) {
            throw new GraphException("input '" + proto.getName() + "' is listed twice");
        }
        Types.read(proto, initializer, tensors);
        if (!initializersAreInputs) {
            graph.addInput(initializer);
        }
    }

    /** A sparse initializer becomes a {@code Constant} with the same sparse tensor; the writer reverses this. */
    private Value addSparse(Graph graph, SparseTensorProto sparse) {
        Node node = graph.addNode("", "Constant", List.of());
        AttributeProto attribute = AttributeProto.newBuilder()
                .setName("sparse_value")
                .setType(AttributeType.SPARSE_TENSOR)
                .setSparseTensor(sparse)
                .build();
        node.set("sparse_value", new Attribute.Opaque(tensors.serialize(attribute)));
        return node.addOutput(sparse.getValues().getName())
                .setType(ElementType.ofOnnx(sparse.getValues().getDataType()))
                .setShape(Shape.of(
                        sparse.getDimsList().stream().mapToLong(Long::longValue).toArray()));
    }

    /** The body of a function, whose inputs and outputs are untyped. */
    Graph readBody(FunctionProto proto) {
        Graph graph = new Graph(proto.getName());
        Scope scope = new Scope(null);
        for (String input : proto.getInputList()) {
            scope.define(input, graph.addInput(input, null, null));
        }
        readNodes(graph, proto.getNodeList(), scope);
        FunctionProto.Builder rest = proto.toBuilder()
                .clearName()
                .clearInput()
                .clearOutput()
                .clearAttribute()
                .clearNode()
                .clearDocString()
                .clearOpsetImport()
                .clearDomain()
                .clearAttributeProto()
                .clearValueInfo()
                .clearOverload();
        for (ValueInfoProto info : proto.getValueInfoList()) {
            Value value = scope.values.get(info.getName());
            if (value == null) {
                rest.addValueInfo(info);
            } else {
                Types.read(info, value, tensors);
            }
        }
        for (String output : proto.getOutputList()) {
            Value value = scope.find(output);
            if (value == null) {
                throw new GraphException("output '" + output + "' of function '" + proto.getName()
                        + "' is produced by no node; the file is damaged");
            }
            graph.addOutput(value);
        }
        graph.setCarried(tensors.serialize(rest.build()));
        return graph;
    }

    // ---- nodes

    /** Declares all outputs first, so that unsorted nodes and subgraphs can refer to them. */
    private void readNodes(Graph graph, List<NodeProto> protos, Scope scope) {
        List<Node> nodes = new ArrayList<>(protos.size());
        for (NodeProto proto : protos) {
            Node node = graph.addNode(proto.getDomain(), proto.getOpType(), List.of());
            node.setName(proto.getName());
            node.setDoc(proto.getDocString());
            node.setOverload(proto.getOverload());
            for (String output : proto.getOutputList()) {
                Value value = node.addOutput(output.isEmpty() ? null : output);
                if (value != null) {
                    scope.define(output, value);
                }
            }
            nodes.add(node);
        }
        for (int i = 0; i < protos.size(); i++) {
            readInside(nodes.get(i), protos.get(i), scope);
        }
    }

    private void readInside(Node node, NodeProto proto, Scope scope) {
        List<Value> inputs = new ArrayList<>(proto.getInputCount());
        for (String input : proto.getInputList()) {
            Value value = input.isEmpty() ? null : scope.find(input);
            if (value == null && !input.isEmpty()) {
                throw new GraphException(
                        node,
                        "reads '" + input + "', which is not an input, initializer or output of"
                                + " another node; the file is damaged or was cut out of a larger model");
            }
            inputs.add(value);
        }
        node.setInputs(inputs);
        NodeProto.Builder rest = proto.toBuilder()
                .clearInput()
                .clearOutput()
                .clearName()
                .clearOpType()
                .clearAttribute()
                .clearDocString()
                .clearDomain()
                .clearOverload();
        Set<String> seen = new HashSet<>();
        for (AttributeProto attribute : proto.getAttributeList()) {
            if (!seen.add(attribute.getName())) {
                throw new GraphException(node, "has attribute " + attribute.getName() + " twice");
            }
            node.set(attribute.getName(), read(attribute, scope, node));
            AttributeProto described = Descriptions.of(attribute);
            if (!(node.attribute(attribute.getName()) instanceof Attribute.Opaque) && described != null) {
                rest.addAttribute(described);
            }
        }
        node.setCarried(tensors.serialize(rest.build()));
    }

    // ---- attributes

    /** The default of a function attribute. */
    Attribute attributeOutsideNode(AttributeProto proto) {
        return read(proto, new Scope(null), null);
    }

    private Attribute read(AttributeProto proto, Scope scope, Node node) {
        if (!proto.getRefAttrName().isEmpty()) {
            return new Attribute.Reference(
                    proto.getRefAttrName(), proto.getType().getNumber());
        }
        return switch (type(proto)) {
            case FLOAT -> new Attribute.Float(proto.getF());
            case INT -> new Attribute.Int(proto.getI());
            case STRING -> new Attribute.Str(proto.getS().toByteArray());
            case TENSOR -> new Attribute.TensorValue(tensor(proto.getT(), proto.getName(), node));
            case GRAPH -> new Attribute.GraphValue(read(proto.getG(), scope));
            case FLOATS -> new Attribute.Floats(List.copyOf(proto.getFloatsList()));
            case INTS -> new Attribute.Ints(List.copyOf(proto.getIntsList()));
            case STRINGS -> {
                List<byte[]> strings = new ArrayList<>();
                proto.getStringsList().forEach(s -> strings.add(s.toByteArray()));
                yield new Attribute.Strs(List.copyOf(strings));
            }
            case TENSORS -> {
                List<Tensor> list = new ArrayList<>();
                proto.getTensorsList().forEach(t -> list.add(tensor(t, proto.getName(), node)));
                yield new Attribute.Tensors(List.copyOf(list));
            }
            case GRAPHS -> {
                List<Graph> list = new ArrayList<>();
                proto.getGraphsList().forEach(g -> list.add(read(g, scope)));
                yield new Attribute.Graphs(List.copyOf(list));
            }
            case UNDEFINED, SPARSE_TENSOR, SPARSE_TENSORS, TYPE_PROTO, TYPE_PROTOS ->
                new Attribute.Opaque(tensors.serialize(proto));
        };
    }

    private Tensor tensor(TensorProto proto, String attribute, Node node) {
        try {
            return tensors.read(proto);
        } catch (HoneException e) {
            throw new GraphException(
                    (node == null ? "" : node.label() + ": ") + "attribute " + attribute + ": " + e.getMessage(), e);
        }
    }

    /** Old writers omit the type; it then follows from the field that is set. */
    private static AttributeType type(AttributeProto proto) {
        if (proto.getType() != AttributeType.UNDEFINED) {
            return proto.getType();
        }
        if (proto.hasI()) {
            return AttributeType.INT;
        } else if (proto.hasF()) {
            return AttributeType.FLOAT;
        } else if (proto.hasS()) {
            return AttributeType.STRING;
        } else if (proto.hasT()) {
            return AttributeType.TENSOR;
        } else if (proto.hasG()) {
            return AttributeType.GRAPH;
        } else if (proto.getIntsCount() > 0) {
            return AttributeType.INTS;
        } else if (proto.getFloatsCount() > 0) {
            return AttributeType.FLOATS;
        } else if (proto.getStringsCount() > 0) {
            return AttributeType.STRINGS;
        }
        return AttributeType.UNDEFINED;
    }
}
