package dev.hone.graph.rewrite.upgrade;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;

/** Converts attributes that became inputs. An absent attribute becomes an absent input unless stated otherwise. */
final class AttributesToInputs {
    private AttributesToInputs() {}

    /** A list of integers. */
    static void ints(Node node, String attribute, int index) {
        node.setInput(index, taken(node, attribute, "value_ints"));
        trim(node);
    }

    /** A list of floats. */
    static void floats(Node node, String attribute, int index) {
        node.setInput(index, taken(node, attribute, "value_floats"));
        trim(node);
    }

    /** A float that becomes a scalar. */
    static void scalar(Node node, String attribute, int index) {
        node.setInput(index, taken(node, attribute, "value_float"));
        trim(node);
    }

    /** An integer that becomes a scalar; its default changed as well. */
    static void scalarInt(Node node, String attribute, long oldDefault, int index) {
        if (!node.has(attribute)) {
            node.set(attribute, oldDefault);
        }
        node.setInput(index, taken(node, attribute, "value_int"));
    }

    /** An integer that becomes a vector of length one. */
    static void vectorOfOne(Node node, String attribute, int index) {
        Value scalar = taken(node, attribute, "value_int");
        if (scalar != null && scalar.constant() != null) {
            scalar.setConstant(scalar.constant().reshape(1));
        } else if (scalar != null) {
            scalar = new Ops(node.graph()).reshape(scalar, 1);
        }
        node.setInput(index, scalar);
    }

    static void slice(Node node) {
        ints(node, "starts", 1);
        ints(node, "ends", 2);
        ints(node, "axes", 3);
    }

    /** {@code value} is used in mode "constant" only, where the default is 0 before and after. */
    static void pad(Node node) {
        ints(node, "pads", 1);
        bound(node, "value", 2);
        trim(node);
    }

    static void clip(Node node) {
        bound(node, "min", 1);
        bound(node, "max", 2);
        trim(node);
    }

    /** A float that becomes a scalar of the first input's type. */
    private static void bound(Node node, String attribute, int index) {
        Value scalar = taken(node, attribute, "value_float");
        ElementType type = node.input(0).type();
        if (scalar != null && type != ElementType.FLOAT) {
            if (type != null && scalar.constant() != null) {
                scalar.setConstant(scalar.constant().to(type));
            } else {
                scalar = new Ops(node.graph()).op("CastLike", scalar, node.input(0));
            }
        }
        node.setInput(index, scalar);
    }

    /**
     * Removes an attribute and returns its value as a constant. In the body of a function it may be a reference to an
     * attribute of the caller, which a {@code Constant} node can resolve.
     *
     * @param form the attribute of {@code Constant} for this kind
     */
    private static Value taken(Node node, String attribute, String form) {
        Attribute value = node.attribute(attribute);
        node.set(attribute, null);
        if (value == null) {
            return null;
        }
        if (value instanceof Attribute.Reference) {
            return new Ops(node.graph()).op("Constant", Map.of(form, value));
        }
        return node.graph().addConstant(tensor(node, attribute, value));
    }

    private static Tensor tensor(Node node, String attribute, Attribute value) {
        if (value instanceof Attribute.Int number) {
            return Tensor.scalar(number.value());
        } else if (value instanceof Attribute.Float number) {
            return Tensor.scalar(number.value());
        } else if (value instanceof Attribute.Ints numbers) {
            return Tensor.vector(
                    numbers.values().stream().mapToLong(Long::longValue).toArray());
        } else if (value instanceof Attribute.Floats numbers) {
            List<Float> list = numbers.values();
            float[] floats = new float[list.size()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = list.get(i);
            }
            return Tensor.ofFloats(floats, floats.length);
        }
        throw new GraphException(
                node,
                "attribute " + attribute + " is a " + value.getClass().getSimpleName()
                        + ", expected numbers; the file is damaged");
    }

    /** Removes trailing absent inputs. */
    private static void trim(Node node) {
        node.setInputs(node.inputs());
    }
}
