package dev.hone.graph;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A named property of a node. The kinds are those of ONNX's {@code AttributeProto}. */
public sealed interface Attribute {
    record Int(long value) implements Attribute {}

    record Float(float value) implements Attribute {}

    /** Bytes, UTF-8 by convention. */
    record Str(byte[] bytes) implements Attribute {
        public String value() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    record TensorValue(Tensor value) implements Attribute {}

    record GraphValue(Graph value) implements Attribute {}

    record Ints(List<Long> values) implements Attribute {}

    record Floats(List<java.lang.Float> values) implements Attribute {}

    record Strs(List<byte[]> values) implements Attribute {}

    record Tensors(List<Tensor> values) implements Attribute {}

    record Graphs(List<Graph> values) implements Attribute {}

    /** In a function body, a reference to an attribute of the calling node; kind as in {@code AttributeType}. */
    record Reference(String name, int kind) implements Attribute {}

    /**
     * An attribute that Hone preserves without interpreting it (sparse tensors, type descriptions): the serialized
     * {@code AttributeProto}.
     */
    record Opaque(byte[] bytes) implements Attribute {}

    static Attribute of(long value) {
        return new Int(value);
    }

    static Attribute of(boolean value) {
        return new Int(value ? 1 : 0);
    }

    static Attribute of(float value) {
        return new Float(value);
    }

    static Attribute of(String value) {
        return new Str(value.getBytes(StandardCharsets.UTF_8));
    }

    static Attribute of(Tensor value) {
        return new TensorValue(value);
    }

    static Attribute of(Graph value) {
        return new GraphValue(value);
    }

    static Attribute of(long... values) {
        return new Ints(java.util.Arrays.stream(values).boxed().toList());
    }

    static Attribute of(float... values) {
        List<java.lang.Float> list = new java.util.ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return new Floats(List.copyOf(list));
    }

    /** Converts a Java value: an integer, boolean, float or double, string, tensor, graph, or an array of numbers. */
    static Attribute from(Object value) {
        if (value instanceof Attribute attribute) {
            return attribute;
        } else if (value instanceof Integer number) {
            return of(number.longValue());
        } else if (value instanceof Long number) {
            return of(number.longValue());
        } else if (value instanceof Boolean flag) {
            return of(flag.booleanValue());
        } else if (value instanceof java.lang.Float number) {
            return of(number.floatValue());
        } else if (value instanceof Double number) {
            return of(number.floatValue());
        } else if (value instanceof String text) {
            return of(text);
        } else if (value instanceof Tensor tensor) {
            return of(tensor);
        } else if (value instanceof Graph graph) {
            return of(graph);
        } else if (value instanceof long[] numbers) {
            return of(numbers);
        } else if (value instanceof int[] numbers) {
            return of(java.util.Arrays.stream(numbers).asLongStream().toArray());
        } else if (value instanceof float[] numbers) {
            return of(numbers);
        }
        throw new IllegalArgumentException(
                "unsupported attribute value of type " + value.getClass().getName());
    }
}
