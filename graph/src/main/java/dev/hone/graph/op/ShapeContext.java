package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Dim;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What a shape rule sees of a node, what it says of the outputs, and the arithmetic that rules share. */
final class ShapeContext {
    private final Node node;

    ShapeContext(Node node) {
        this.node = node;
    }

    Node node() {
        return node;
    }

    // ---- inputs

    boolean has(int input) {
        return node.input(input) != null;
    }

    /** The shape of an input, null if it is absent or its rank unknown. */
    Shape shape(int input) {
        Value value = node.input(input);
        return value == null ? null : value.shape();
    }

    /** The rank of an input, -1 if it is not known. */
    int rank(int input) {
        Shape shape = shape(input);
        return shape == null ? -1 : shape.rank();
    }

    ElementType type(int input) {
        Value value = node.input(input);
        return value == null ? null : value.type();
    }

    /** The contents of an input if it is a constant, else null. */
    Tensor tensor(int input) {
        Value value = node.input(input);
        if (value == null) {
            return null;
        }
        if (value.isConstant()) {
            return value.constant();
        }
        Node producer = value.producer();
        return producer != null && producer.is("Constant") ? constantOf(producer) : null;
    }

    /** What a Constant node holds, null for kinds that are no plain tensor. */
    static Tensor constantOf(Node constant) {
        for (Attribute attribute : constant.attributes().values()) {
            if (attribute instanceof Attribute.TensorValue tensor) {
                return tensor.value();
            } else if (attribute instanceof Attribute.Int number) {
                return Tensor.scalar(number.value());
            } else if (attribute instanceof Attribute.Float number) {
                return Tensor.scalar(number.value());
            } else if (attribute instanceof Attribute.Ints numbers) {
                return Tensor.vector(
                        numbers.values().stream().mapToLong(Long::longValue).toArray());
            } else if (attribute instanceof Attribute.Floats numbers) {
                float[] values = new float[numbers.values().size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = numbers.values().get(i);
                }
                return Tensor.ofFloats(values, values.length);
            } else if (attribute instanceof Attribute.Str text) {
                return Tensor.ofStrings(List.of(text.bytes()));
            } else if (attribute instanceof Attribute.Strs texts) {
                return Tensor.ofStrings(texts.values(), texts.values().size());
            }
        }
        return null;
    }

    /** What is known of the elements of a small integer or boolean input (true is 1), else null. */
    List<Dim> elements(int input) {
        Value value = node.input(input);
        if (value == null) {
            return null;
        }
        List<Dim> elements = value.elements();
        if (elements != null) {
            return elements;
        }
        Tensor tensor = tensor(input);
        if (tensor == null || tensor.count() > KnownElements.LIMIT || !KnownElements.applies(tensor.type())) {
            return null;
        }
        return Arrays.stream(tensor.longs()).mapToObj(Dim::of).toList();
    }

    /** The elements of an input if all are known numbers, else null. */
    long[] numbers(int input) {
        List<Dim> elements = elements(input);
        if (elements != null && elements.stream().allMatch(Dim::isConstant)) {
            return elements.stream().mapToLong(Dim::constant).toArray();
        }
        Tensor tensor = tensor(input);
        return tensor != null && KnownElements.applies(tensor.type()) ? tensor.longs() : null;
    }

    /** The one element of an input, null if it is not known. */
    Dim element(int input) {
        List<Dim> elements = elements(input);
        return elements != null && elements.size() == 1 ? elements.get(0) : null;
    }

    // ---- attributes

    long attribute(String name, long otherwise) {
        return node.intAttribute(name, otherwise);
    }

    boolean flag(String name, boolean otherwise) {
        return node.intAttribute(name, otherwise ? 1 : 0) != 0;
    }

    /** The element type that an attribute names by its number, or another one if the attribute is absent. */
    ElementType typeAttribute(String name, ElementType otherwise) {
        long number = attribute(name, 0);
        for (ElementType type : ElementType.values()) {
            if (type.onnx() == number) {
                return type;
            }
        }
        if (number == 0) {
            return otherwise;
        }
        throw error("attribute " + name + " is " + number + ", which is no element type");
    }

    /** A list attribute of the given length; every element {@code otherwise} if it is absent. */
    long[] attributes(String name, int length, long otherwise) {
        long[] values = node.intsAttribute(name);
        if (values == null) {
            values = new long[length];
            Arrays.fill(values, otherwise);
        } else if (values.length != length) {
            throw error("attribute " + name + " has " + values.length + " elements, expected " + length);
        }
        return values;
    }

    // ---- outputs

    /** Says what shape an output has; null if even its rank is unknown. */
    void output(int index, Shape shape) {
        Value value = node.output(index);
        if (value == null || shape == null) {
            return;
        }
        for (Dim dim : shape.dims()) {
            if (dim.isConstant() && dim.constant() < 0) {
                throw error("output " + index + " would have the shape " + shape + "; inputs " + inputs());
            }
        }
        Shape declared = value.shape();
        if (declared != null && declared.rank() == shape.rank()) {
            List<Dim> dims = new ArrayList<>(shape.dims());
            for (int i = 0; i < dims.size(); i++) {
                // What a file declares stays where inference knows nothing, and unknown dimensions keep their identity.
                if (dims.get(i).isAnonymous()) {
                    dims.set(i, declared.dim(i));
                }
            }
            shape = new Shape(dims);
        }
        value.setShape(shape);
    }

    void output(int index, Dim... dims) {
        output(index, Shape.of(dims));
    }

    void outputType(int index, ElementType type) {
        Value value = node.output(index);
        if (value != null && type != null) {
            value.setType(type);
        }
    }

    // ---- arithmetic

    GraphException error(String message) {
        return new GraphException(node, message);
    }

    /** For what rules run into where ranks, counts or sizes are not what the operator allows. */
    GraphException misfit(RuntimeException cause) {
        return new GraphException(node.label() + ": inputs " + inputs() + " do not fit the operator", cause);
    }

    /** An axis counted from 0, from one that may count from the end. @throws GraphException if there is none such */
    int axis(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw error("axis " + axis + " is outside of a shape of rank " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /** The attribute {@code axis}, counted from 0. */
    int axisAttribute(long otherwise, int rank) {
        return axis(attribute("axis", otherwise), rank);
    }

    /** Distinct axes, counted from 0. */
    boolean[] axes(long[] axes, int rank) {
        boolean[] chosen = new boolean[rank];
        for (long axis : axes) {
            int at = axis(axis, rank);
            if (chosen[at]) {
                throw error("axis " + axis + " is named twice");
            }
            chosen[at] = true;
        }
        return chosen;
    }

    /** One dimension that is known from two places. @throws GraphException if they are different numbers */
    Dim same(Dim a, Dim b, String what) {
        if (a.isConstant() && b.isConstant()) {
            if (!a.equals(b)) {
                throw error(what + ": " + a + " and " + b + " differ; inputs " + inputs());
            }
            return a;
        }
        if (b.isConstant() || (a.isAnonymous() && !b.isAnonymous())) {
            return b;
        }
        return a;
    }

    /** Checks that two dimensions do not contradict each other. */
    void require(Dim a, Dim b, String what) {
        same(a, b, what);
    }

    void requireRank(int input, int least, String what) {
        if (rank(input) >= 0 && rank(input) < least) {
            throw error(what + " needs rank " + least + " or more, found " + shape(input));
        }
    }

    /** Where two or more shapes meet under ONNX's (NumPy's) rules; null if one of them is. */
    Shape broadcast(Shape... shapes) {
        Shape result = Shape.SCALAR;
        for (Shape shape : shapes) {
            if (shape == null) {
                return null;
            }
            result = broadcast(result, shape);
        }
        return result;
    }

    private Shape broadcast(Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        Dim[] dims = new Dim[rank];
        for (int i = 0; i < rank; i++) {
            int ia = i - (rank - a.rank());
            int ib = i - (rank - b.rank());
            dims[i] = ia < 0 ? b.dim(ib) : ib < 0 ? a.dim(ia) : broadcast(a, b, a.dim(ia), b.dim(ib));
        }
        return Shape.of(dims);
    }

    private Dim broadcast(Shape a, Shape b, Dim x, Dim y) {
        if (x.equals(y) || y.is(1)) {
            return x;
        }
        if (x.is(1)) {
            return y;
        }
        if (x.isConstant() && y.isConstant()) {
            throw error("cannot broadcast " + a + " with " + b);
        }
        return x.isConstant() ? x : y.isConstant() ? y : Dim.unknown();
    }

    /** The shapes of all inputs, for messages. */
    String inputs() {
        return node.inputs().stream()
                .map(v -> v == null ? "-" : v.shape() == null ? "?" : v.shape().toString())
                .toList()
                .toString();
    }

    /** As many dimensions about which nothing is known. */
    static Shape unknownOfRank(int rank) {
        return new Shape(Stream.generate(Dim::unknown).limit(rank).toList());
    }
}
