package dev.hone.graph;

import dev.hone.core.ElementType;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A value of the graph: a graph input, a constant (initializer), or an output of a node. It knows its producer, its
 * uses, its element type and its shape; those of the last two that are not known are null.
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

    /** What is known of another value, in another graph; producer and uses are the caller's to set. */
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

    /** The name in files; unique within a model once {@link Graph#uniqueNames()} has run. */
    public String name() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    /** The graph that owns it; a node in a subgraph may read the values of the graphs around it. */
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

    /** The shape, or null where not even the rank is known. */
    public Shape shape() {
        return shape;
    }

    public Value setShape(Shape shape) {
        this.shape = shape;
        return this;
    }

    /** The serialized {@code TypeProto} of a value that is no tensor (a sequence, an optional, a map), else null. */
    public byte[] otherType() {
        return otherType;
    }

    public void setOtherType(byte[] typeProto) {
        this.otherType = typeProto;
    }

    /**
     * Fields of its {@code ValueInfoProto} in the file that Hone does not interpret, serialized, or null; written back as they are. Documentation and
     * denotations are among them.
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

    /** Whether its contents are fixed: an initializer that no caller can override. */
    public boolean isConstant() {
        return constant != null && !isInput();
    }

    /** Replaces the tensor of an initializer; type and shape follow. */
    public void setConstant(Tensor tensor) {
        this.constant = tensor;
        this.type = tensor.type();
        this.shape = Shape.of(tensor.dims());
        this.elements = null;
    }

    /**
     * What is known of the contents of a small integer tensor (a shape, an axis list), element by element, else null.
     * Shape inference fills it in, so that {@code Shape -> Gather -> Concat -> Reshape} chains stay exact.
     */
    public List<Dim> elements() {
        if (elements == null
                && constant != null
                && isConstant()
                && constant.type().isInteger()
                && constant.count() <= 64) {
            elements = constant.toDims();
        }
        return elements;
    }

    public void setElements(List<Dim> elements) {
        this.elements = elements == null ? null : List.copyOf(elements);
    }

    /** The node it is an output of, or null for inputs and initializers. */
    public Node producer() {
        return producer;
    }

    /** Which output of its producer it is. */
    public int producerIndex() {
        return producerIndex;
    }

    public boolean isInput() {
        return graph.inputs().contains(this);
    }

    public boolean isOutput() {
        return graph.outputs().contains(this);
    }

    /** The slots that read it, in subgraphs too. Graph outputs are not among them. */
    public Set<Use> uses() {
        return Collections.unmodifiableSet(uses);
    }

    void addUse(Use use) {
        uses.add(use);
    }

    void removeUse(Use use) {
        uses.remove(use);
    }

    /** Whether nothing reads it and no graph returns it. */
    public boolean isUnused() {
        return uses.isEmpty() && !isOutput();
    }

    /** Makes every reader of this value, the graph's outputs included, read another one. */
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
