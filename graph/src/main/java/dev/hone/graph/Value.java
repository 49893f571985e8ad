package dev.hone.graph;

import dev.hone.core.ElementType;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A value of the graph: a graph input, a constant (initializer), or an output of a node. It knows its producer, uses,
 * element type and shape; unknown types and shapes are null.
 */
public final class Value {
    private String name;
    private ElementType type;
    private Shape shape;
    private Tensor constant;
    private byte[] otherType;
    private byte[] carried;
    private List<Dim> elements;
    private final Graph graph;
    Node producer;
    int producerIndex;
    private final Set<Use> uses = new LinkedHashSet<>();

    Value(Graph graph, String name, ElementType type, Shape shape) {
        this.graph = graph;
        this.name = name;
        this.type = type;
        this.shape = shape;
    }

    /** Copies the properties of a value to another graph; the caller sets producer and uses. */
    Value(Graph graph, Value like) {
        this.graph = graph;
        this.name = like.name;
        this.type = like.type;
        this.shape = like.shape;
        this.constant = like.constant;
        this.otherType = like.otherType;
        this.carried = like.carried;
        this.elements = like.elements;
    }

    /** The name in files; unique in a model after {@link Graph#uniqueNames()}. */
    public String name() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    /** The graph that owns it; nodes of subgraphs may read values of the enclosing graphs. */
    public Graph graph() {
        return graph;
    }

    public ElementType type() {
        return type;
    }

    public Value setType(ElementType type) {
        this.type = type;
        return this;
    }

    /** The shape, or null if the rank is unknown. */
    public Shape shape() {
        return shape;
    }

    public Value setShape(Shape shape) {
        this.shape = shape;
        return this;
    }

    /** The serialized {@code TypeProto} of a value that is not a tensor (a sequence, an optional, a map), else null. */
    public byte[] otherType() {
        return otherType;
    }

    public void setOtherType(byte[] typeProto) {
        this.otherType = typeProto;
    }

    /**
     * Serialized fields of its {@code ValueInfoProto} that Hone does not interpret, such as documentation and
     * denotations, or null. They are written back unchanged.
     */
    public byte[] carried() {
        return carried;
    }

    public void setCarried(byte[] carried) {
        this.carried = carried;
    }

    /** The tensor of an initializer, else null. */
    public Tensor constant() {
        return constant;
    }

    /** Whether it is an initializer that callers cannot override. */
    public boolean isConstant() {
        return constant != null && !isInput();
    }

    /** Replaces the tensor of an initializer, and updates type and shape. */
    public void setConstant(Tensor tensor) {
        this.constant = tensor;
        this.type = tensor.type();
        this.shape = Shape.of(tensor.dims());
        this.elements = null;
    }

    /**
     * The known elements of a small integer tensor (a shape, a list of axes), else null. Set by shape inference, so
     * that {@code Shape -> Gather -> Concat -> Reshape} chains stay exact.
     */
    public List<Dim> elements() {
        if (elements == null
                && constant != null
                && isConstant()
                && constant.type().isInteger()
                && constant.type() != ElementType.UINT64
                && constant.count() <= 64) {
            elements = constant.toDims();
        }
        return elements;
    }

    public void setElements(List<Dim> elements) {
        this.elements = elements == null ? null : List.copyOf(elements);
    }

    /** The node that produces it, or null for inputs and initializers. */
    public Node producer() {
        return producer;
    }

    /** Its output index at the producer. */
    public int producerIndex() {
        return producerIndex;
    }

    public boolean isInput() {
        return graph.inputs().contains(this);
    }

    public boolean isOutput() {
        return graph.outputs().contains(this);
    }

    /** The node inputs that read it, including those in subgraphs. Does not include graph outputs. */
    public Set<Use> uses() {
        return Collections.unmodifiableSet(uses);
    }

    /**
     * The nodes of its own graph that depend on it directly: those that take it as an input, and those with subgraphs that
     * read it, at any depth. What depends on it further on, the outputs of these nodes tell.
     */
    public Collection<Node> readers() {
        Set<Node> readers = new LinkedHashSet<>();
        for (Use use : uses) {
            Node reader = use.node();
            while (reader.graph() != graph) {
                reader = reader.graph().owner();
            }
            readers.add(reader);
        }
        return readers;
    }

    void addUse(Use use) {
        uses.add(use);
    }

    void removeUse(Use use) {
        uses.remove(use);
    }

    /** Whether no node reads it and it is not a graph output. */
    public boolean isUnused() {
        return uses.isEmpty() && !isOutput();
    }

    /** Replaces all uses of this value, including graph outputs, by another value. */
    public void replaceBy(Value other) {
        for (Use use : List.copyOf(uses)) {
            use.node().setInput(use.index(), other);
        }
        graph.replaceOutput(this, other);
    }

    @Override
    public String toString() {
        return name + ": " + (type == null ? "?" : type) + (shape == null ? "[...]" : shape);
    }
}
