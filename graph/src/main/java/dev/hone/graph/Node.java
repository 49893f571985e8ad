package dev.hone.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An application of an operator: attributes, input values, output values. An absent optional input or output is null.
 * Changing an input updates the uses of the values.
 */
public final class Node {
    private final Graph graph;
    private String op;
    private String domain;
    private String overload = "";
    private String name = "";
    private String doc = "";
    private byte[] carried;
    private final Map<String, Attribute> attributes = new LinkedHashMap<>();
    private final List<Value> inputs = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();

    Node(Graph graph, String domain, String op) {
        this.graph = graph;
        this.domain = domain.equals("ai.onnx") ? "" : domain;
        this.op = op;
    }

    public Graph graph() {
        return graph;
    }

    public String op() {
        return op;
    }

    /** The domain of the operator; "" is the ONNX domain. */
    public String domain() {
        return domain;
    }

    public void setOp(String domain, String op) {
        this.domain = domain;
        this.op = op;
    }

    /** Whether it is this operator of the ONNX domain. */
    public boolean is(String operator) {
        return domain.isEmpty() && op.equals(operator);
    }

    /** The overload of the model-local function it calls, usually "". */
    public String overload() {
        return overload;
    }

    public void setOverload(String overload) {
        this.overload = overload;
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
     * Serialized fields of its {@code NodeProto} that Hone does not interpret, or null. They are written back
     * unchanged.
     */
    public byte[] carried() {
        return carried;
    }

    public void setCarried(byte[] carried) {
        this.carried = carried;
    }

    /** The label in messages: operator, and node name or first output. */
    public String label() {
        String id = !name.isEmpty()
                ? name
                : outputs.isEmpty() || outputs.get(0) == null
                        ? "?"
                        : outputs.get(0).name();
        return (domain.isEmpty() ? op : domain + "." + op) + " '" + id + "'";
    }

    // ---- attributes

    public Map<String, Attribute> attributes() {
        return Collections.unmodifiableMap(attributes);
    }

    /** Sets an attribute from a Java value (see {@link Attribute#from}); null removes it. */
    public Node set(String attribute, Object value) {
        if (value == null) {
            attributes.remove(attribute);
        } else {
            Attribute made = Attribute.from(value);
            attributes.put(attribute, made);
            subgraphsOf(made).forEach(g -> g.setOwner(this));
        }
        return this;
    }

    public boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    public Attribute attribute(String attribute) {
        return attributes.get(attribute);
    }

    public long intAttribute(String attribute, long otherwise) {
        Attribute a = attributes.get(attribute);
        return a == null ? otherwise : cast(attribute, a, Attribute.Int.class).value();
    }

    public float floatAttribute(String attribute, float otherwise) {
        Attribute a = attributes.get(attribute);
        return a == null ? otherwise : cast(attribute, a, Attribute.Float.class).value();
    }

    public String stringAttribute(String attribute, String otherwise) {
        Attribute a = attributes.get(attribute);
        return a == null ? otherwise : cast(attribute, a, Attribute.Str.class).value();
    }

    /** A list of integers, or null if the attribute is absent. */
    public long[] intsAttribute(String attribute) {
        Attribute a = attributes.get(attribute);
        return a == null
                ? null
                : cast(attribute, a, Attribute.Ints.class).values().stream()
                        .mapToLong(Long::longValue)
                        .toArray();
    }

    private <T extends Attribute> T cast(String attribute, Attribute value, Class<T> type) {
        if (!type.isInstance(value)) {
            throw new GraphException(
                    this,
                    "attribute " + attribute + " is a " + value.getClass().getSimpleName() + ", expected "
                            + type.getSimpleName());
        }
        return type.cast(value);
    }

    /** The graphs in its attributes, in order (the branches of If, the body of Loop). */
    public List<Graph> subgraphs() {
        List<Graph> subgraphs = List.of();
        for (Attribute attribute : attributes.values()) {
            List<Graph> held = subgraphsOf(attribute);
            if (!held.isEmpty()) {
                // Hardly any node has some, and every pass asks each node.
                subgraphs = new ArrayList<>(subgraphs);
                subgraphs.addAll(held);
            }
        }
        return subgraphs;
    }

    private static List<Graph> subgraphsOf(Attribute attribute) {
        if (attribute instanceof Attribute.GraphValue one) {
            return List.of(one.value());
        }
        return attribute instanceof Attribute.Graphs many ? many.values() : List.of();
    }

    // ---- inputs and outputs

    /**
     * Everything it depends on, each value once: its inputs without absent ones, then its {@link #captures()}. Whoever
     * follows data through a graph reads this; {@link #inputs()} are the operator's arguments by position.
     */
    public Collection<Value> reads() {
        Set<Value> reads = new LinkedHashSet<>(inputs);
        reads.remove(null);
        reads.addAll(captures());
        return reads;
    }

    /** The values of enclosing graphs that its subgraphs read, at any depth, in the order of reading. */
    public Collection<Value> captures() {
        List<Graph> subgraphs = subgraphs();
        if (subgraphs.isEmpty()) {
            return List.of();
        }
        Set<Value> found = new LinkedHashSet<>();
        Set<Graph> inside = new HashSet<>();
        subgraphs.forEach(subgraph -> capture(subgraph, inside, found));
        return found;
    }

    private static void capture(Graph subgraph, Set<Graph> inside, Set<Value> found) {
        inside.add(subgraph);
        for (Node node : subgraph.nodes()) {
            for (Value input : node.inputs) {
                if (input != null && !inside.contains(input.graph())) {
                    found.add(input);
                }
            }
            node.subgraphs().forEach(inner -> capture(inner, inside, found));
        }
    }

    /** Absent optional inputs are null. */
    public List<Value> inputs() {
        return Collections.unmodifiableList(inputs);
    }

    /** The input at an index, or null if it is absent. */
    public Value input(int index) {
        return index < inputs.size() ? inputs.get(index) : null;
    }

    public void setInput(int index, Value value) {
        while (inputs.size() <= index) {
            inputs.add(null);
        }
        Value old = inputs.set(index, value);
        Use use = new Use(this, index);
        if (old != null) {
            old.removeUse(use);
        }
        if (value != null) {
            value.addUse(use);
        }
    }

    public void setInputs(Value... values) {
        setInputs(Arrays.asList(values));
    }

    /** Replaces all inputs; trailing nulls are dropped. */
    public void setInputs(List<Value> values) {
        List<Value> copy = new ArrayList<>(values);
        clearInputs();
        int end = copy.size();
        while (end > 0 && copy.get(end - 1) == null) {
            end--;
        }
        for (int i = 0; i < end; i++) {
            setInput(i, copy.get(i));
        }
    }

    void clearInputs() {
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i) != null) {
                inputs.get(i).removeUse(new Use(this, i));
            }
        }
        inputs.clear();
    }

    /** Absent optional outputs are null. */
    public List<Value> outputs() {
        return Collections.unmodifiableList(outputs);
    }

    public Value output(int index) {
        return index < outputs.size() ? outputs.get(index) : null;
    }

    /** The first output. */
    public Value output() {
        return outputs.get(0);
    }

    /** Adds the output at the next index; a null name leaves it absent and returns null. */
    public Value addOutput(String valueName) {
        if (valueName == null) {
            outputs.add(null);
            return null;
        }
        Value value = new Value(graph, valueName, null, null);
        adoptOutput(value);
        return value;
    }

    /** Adds a value without a producer as the next output; null leaves the output absent. */
    void adoptOutput(Value value) {
        if (value != null) {
            value.producer = this;
            value.producerIndex = outputs.size();
        }
        outputs.add(value);
    }

    /** The output at an index; created if missing, with absent outputs before it. */
    public Value ensureOutput(int index, String valueName) {
        while (outputs.size() <= index) {
            outputs.add(null);
        }
        if (outputs.get(index) == null) {
            Value value = new Value(graph, valueName, null, null);
            value.producer = this;
            value.producerIndex = index;
            outputs.set(index, value);
        }
        return outputs.get(index);
    }

    @Override
    public String toString() {
        return outputs + " = " + label()
                + inputs.stream().map(v -> v == null ? "" : v.name()).toList();
    }
}
