package dev.hone.graph;

import dev.hone.core.ElementType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A mutable graph in static single assignment form. Nodes may be added and removed in any order; {@link #sort()}
 * restores a topological order. A node of a subgraph may read values of the enclosing graphs, which {@link
 * Node#captures()} lists; the outputs of a subgraph are its own, as ONNX requires.
 */
public final class Graph {
    private String name;
    private String doc = "";
    private byte[] carried;
    private Node owner;
    private final List<Value> inputs = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private final Set<Value> constants = new LinkedHashSet<>();
    private final Set<Node> nodes = new LinkedHashSet<>();
    private int fresh;

    public Graph(String name) {
        this.name = name;
    }

    /** An empty graph with the name and description of another one. */
    Graph(Graph like) {
        this.name = like.name;
        this.doc = like.doc;
        this.carried = like.carried;
        this.fresh = like.fresh;
    }

    public String name() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String doc() {
        return doc;
    }

    public void setDoc(String doc) {
        this.doc = doc;
    }

    /**
     * Serialized fields of its {@code GraphProto} (for the body of a function, of the {@code FunctionProto}) that Hone
     * does not interpret, or null. They are written back unchanged.
     */
    public byte[] carried() {
        return carried;
    }

    public void setCarried(byte[] carried) {
        this.carried = carried;
    }

    /** The node whose attribute this graph is, or null for the graph of a model or a function. */
    public Node owner() {
        return owner;
    }

    void setOwner(Node owner) {
        this.owner = owner;
        outputs.replaceAll(this::local);
    }

    // ---- values

    public List<Value> inputs() {
        return Collections.unmodifiableList(inputs);
    }

    public Value addInput(String valueName, ElementType type, Shape shape) {
        Value value = new Value(this, valueName, type, shape);
        inputs.add(value);
        return value;
    }

    /** Also makes an initializer an input, so that callers may override it (IR version 4 and later). */
    public void addInput(Value initializer) {
        inputs.add(initializer);
    }

    public void removeInput(Value input) {
        inputs.remove(input);
    }

    public List<Value> outputs() {
        return Collections.unmodifiableList(outputs);
    }

    /** Adds an output; a subgraph returns a value of an enclosing graph through an {@code Identity}. */
    public void addOutput(Value value) {
        outputs.add(local(value));
    }

    /** As {@link #addOutput}. */
    public void setOutput(int index, Value value) {
        outputs.set(index, local(value));
    }

    private Value local(Value value) {
        if (owner == null || value.graph() == this) {
            return value;
        }
        Value copy = addNode("Identity", value).output();
        copy.setType(value.type()).setShape(value.shape());
        copy.setOtherType(value.otherType());
        return copy;
    }

    public void removeOutput(int index) {
        outputs.remove(index);
    }

    void replaceOutput(Value from, Value to) {
        outputs.replaceAll(v -> v == from ? to : v);
    }

    public Collection<Value> constants() {
        return Collections.unmodifiableSet(constants);
    }

    public Value addConstant(String valueName, Tensor tensor) {
        Value value = new Value(this, valueName, null, null);
        value.setConstant(tensor);
        constants.add(value);
        return value;
    }

    void adoptConstant(Value value) {
        constants.add(value);
    }

    /** Adds an initializer with a generated name. */
    public Value addConstant(Tensor tensor) {
        return addConstant(freshName("const"), tensor);
    }

    public void removeConstant(Value value) {
        if (!value.isUnused()) {
            throw new IllegalStateException("initializer " + value.name() + " is still in use");
        }
        constants.remove(value);
    }

    /** The input, initializer or node output of this graph with a name, or null. */
    public Value find(String valueName) {
        for (Value value : values()) {
            if (value.name().equals(valueName)) {
                return value;
            }
        }
        return null;
    }

    /** All values this graph owns: inputs, initializers, outputs of its nodes. */
    public Collection<Value> values() {
        Set<Value> all = new LinkedHashSet<>(inputs);
        all.addAll(constants);
        for (Node node : nodes) {
            for (Value output : node.outputs()) {
                if (output != null) {
                    all.add(output);
                }
            }
        }
        return all;
    }

    // ---- nodes

    /** The nodes, in topological order if {@link #sort()} ran after the last change. */
    public Collection<Node> nodes() {
        return Collections.unmodifiableSet(nodes);
    }

    /** Adds a node without outputs; add outputs with {@link Node#addOutput}. */
    public Node addNode(String domain, String op, List<Value> inputValues) {
        Node node = new Node(this, domain, op);
        node.setInputs(inputValues);
        nodes.add(node);
        return node;
    }

    /** Adds a node of the ONNX domain with one output of a generated name. */
    public Node addNode(String op, Value... inputValues) {
        Node node = addNode("", op, Arrays.asList(inputValues));
        node.addOutput(freshName(op));
        return node;
    }

    /** Removes a node whose outputs are unused. */
    public void remove(Node node) {
        for (Value output : node.outputs()) {
            if (output != null && !output.isUnused()) {
                throw new IllegalStateException(
                        node.label() + " is removed while " + output.name() + " is still in use");
            }
        }
        if (nodes.remove(node)) {
            release(node);
        }
    }

    private static void release(Node node) {
        node.clearInputs();
        for (Graph subgraph : node.subgraphs()) {
            subgraph.nodes.forEach(Graph::release);
        }
    }

    /** A value name that is unused in this graph and the enclosing graphs. */
    public String freshName(String prefix) {
        Graph root = this;
        while (root.owner != null) {
            root = root.owner.graph();
        }
        return prefix + "_h" + root.fresh++;
    }

    /**
     * Sorts the nodes topologically, as stably as possible: nodes already in order keep their positions.
     *
     * @throws GraphException if the graph has a cycle
     */
    public void sort() {
        List<Node> order = TopologicalOrder.of(this);
        // A sorted graph is only read, so that several threads may copy one model.
        if (!order.equals(List.copyOf(nodes))) {
            nodes.clear();
            nodes.addAll(order);
        }
    }

    /** Sorts the nodes, including those of subgraphs, and makes all names unique, as required in a file. */
    public void tidy() {
        sortAll();
        uniqueNames();
    }

    private void sortAll() {
        sort();
        for (Node node : nodes) {
            node.subgraphs().forEach(Graph::sortAll);
        }
    }

    /** The nodes of this graph that the given values depend on, in topological order. */
    public List<Node> ancestors(Collection<Value> of) {
        Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        ArrayDeque<Value> open = new ArrayDeque<>(of);
        while (!open.isEmpty()) {
            Node producer = open.pop().producer();
            if (producer != null && producer.graph() == this && seen.add(producer)) {
                producer.reads().forEach(open::push);
            }
        }
        sort();
        return nodes.stream().filter(seen::contains).toList();
    }

    /**
     * What {@link #insert} added.
     *
     * @param nodes in the order of the other graph
     * @param outputs what stands for the other graph's outputs; null for an absent input that is returned as it is
     */
    public record Inserted(List<Node> nodes, List<Value> outputs) {}

    /** An independent copy with its subgraphs. What it reads of enclosing graphs, the copy reads too. */
    public Graph copy() {
        return new GraphCopier().copyPart(this);
    }

    /**
     * Copies the nodes and initializers of another graph into this one.
     *
     * @param inputs what the copies read in the place of the other graph's inputs; null for one that is absent
     * @param attributes the value of an attribute that the other graph, the body of a function, refers to; null if it has none
     */
    public Inserted insert(
            Graph body, List<Value> inputs, java.util.function.Function<Attribute.Reference, Attribute> attributes) {
        return new GraphCopier().insert(body, this, inputs, attributes);
    }

    /**
     * Makes all value names unique, here and in subgraphs; inputs and outputs keep their names. The names of the nodes of a
     * graph, those that have one, become unique in that graph, as the runtime requires.
     */
    public void uniqueNames() {
        new UniqueNames(this).make();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("graph " + name + " " + inputs + " -> " + outputs + "\n");
        for (Node node : nodes) {
            text.append("  ").append(node).append('\n');
        }
        return text.toString();
    }
}
