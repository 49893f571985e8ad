package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A tensor in the test vectors: {@code float[2,3]}, {@code int64[2]=1,2}; a dimension of -1 ({@code ?}) depends on contents. */
record TextSpec(ElementType type, long[] dims, String contents) {
    static TextSpec of(String text) {
        int open = text.indexOf('[');
        int close = text.indexOf(']');
        String dims = text.substring(open + 1, close);
        return new TextSpec(
                ElementType.named(text.substring(0, open)),
                dims.isEmpty()
                        ? new long[0]
                        : Arrays.stream(dims.split(","))
                                .mapToLong(d -> d.equals("?") ? -1 : Long.parseLong(d))
                                .toArray(),
                close + 1 < text.length() ? text.substring(close + 2) : null);
    }

    Tensor tensor() {
        if (type.isFloat()) {
            return Tensor.ofDoubles(
                            split(contents).mapToDouble(Double::parseDouble).toArray(), dims)
                    .to(type);
        }
        long[] values = split(contents).mapToLong(Long::parseLong).toArray();
        return type == ElementType.INT64
                ? Tensor.ofLongs(values, dims)
                : Tensor.ofLongs(values, dims).to(type);
    }

    /** Attributes as {@code name:kind=value}, separated by bars. */
    static void setAttributes(Node node, String attributes) {
        for (String attribute : attributes.isEmpty() ? new String[0] : attributes.split("\\|")) {
            int colon = attribute.indexOf(':');
            int equals = attribute.indexOf('=');
            node.set(
                    attribute.substring(0, colon),
                    attribute(attribute.substring(colon + 1, equals), attribute.substring(equals + 1)));
        }
    }

    private static Attribute attribute(String kind, String text) {
        return switch (kind) {
            case "i" -> Attribute.of(Long.parseLong(text));
            case "f" -> Attribute.of(Float.parseFloat(text));
            case "s" -> Attribute.of(text);
            case "is" -> Attribute.of(split(text).mapToLong(Long::parseLong).toArray());
            case "fs" -> {
                List<Float> values = split(text).map(Float::parseFloat).toList();
                yield new Attribute.Floats(values);
            }
            case "t" -> Attribute.of(TextSpec.of(text).tensor());
            default -> throw new IllegalArgumentException(kind);
        };
    }

    static Stream<String> split(String text) {
        return text.isEmpty() ? Stream.empty() : Arrays.stream(text.split(","));
    }
}
