package dev.hone.core.limit;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Checks the dimensions of tensors and types, and where external data lie. */
final class TensorScan {
    /** The tag by which ONNX Runtime is given an address in memory in place of a file. */
    private static final String MEMORY = "_ORT_MEM_ADDR_";

    /** Integers of at most so many elements are looked at: shapes and repetitions. */
    private static final int SHAPE = 16;

    private final ExternalFiles external;
    private final Set<Path> files = new HashSet<>();
    private long externalBytes;

    TensorScan(ExternalFiles external) {
        this.external = external;
    }

    /**
     * @param known how many elements, and their product if they are few integers
     * @param width bytes per element
     */
    record Found(String name, ConstantGrowth.Known known, double width) {}

    /** All files with external data that were named. */
    Set<Path> externalFiles() {
        return Set.copyOf(files);
    }

    /** Bytes of all files with external data that were named. */
    long externalBytes() {
        return externalBytes;
    }

    Found tensor(WireMessage tensor) {
        String name = "";
        int type = 0;
        boolean outside = false;
        List<Long> dims = new ArrayList<>(4);
        Map<String, String> place = null;
        List<Long> integers = List.of();
        WireMessage raw = null;
        int rawLength = 0;
        while (tensor.next()) {
            if (tensor.integer() == 1) {
                add(dims, tensor.number());
            } else if (tensor.integer() == 2) {
                type = (int) tensor.number();
            } else if (tensor.integer() == 7) {
                integers = integers.isEmpty() ? new ArrayList<>() : integers;
                add(integers, tensor.number());
            } else if (tensor.integer() == 14) {
                outside = tensor.number() == 1;
            }
            switch (tensor.block()) {
                case 1 -> packed(tensor.message(), dims);
                case 7 -> {
                    if (tensor.length() <= 10 * SHAPE) {
                        integers = integers.isEmpty() ? new ArrayList<>() : integers;
                        packed(tensor.message(), integers);
                    }
                }
                case 8 -> name = tensor.length() > ModelLimits.NAME ? tooLong(tensor.length()) : tensor.text();
                case 9 -> {
                    raw = tensor.message();
                    rawLength = tensor.length();
                }
                case 13 -> {
                    place = place == null ? new HashMap<>() : place;
                    entry(tensor.message(), place);
                }
                default -> {}
            }
        }
        double elements = elements(dims, "tensor", name);
        if (outside) {
            external(name, type, elements, place == null ? Map.of() : place);
        }
        double product = Double.POSITIVE_INFINITY;
        if (type == ElementType.INT64.onnx() && elements <= SHAPE && !outside) {
            product = raw != null ? product(raw, rawLength) : product(integers);
        }
        return new Found(name, new ConstantGrowth.Known(elements, product), width(type));
    }

    private static String tooLong(int length) {
        throw new LimitException("has a name of " + length + " bytes; the file is damaged");
    }

    private static double width(int type) {
        for (ElementType known : ElementType.values()) {
            if (known.onnx() == type) {
                return known.bits() / 8.0;
            }
        }
        return 8;
    }

    private static void packed(WireMessage numbers, List<Long> to) {
        while (numbers.hasPacked()) {
            add(to, numbers.packed());
        }
    }

    private static void add(List<Long> numbers, long number) {
        if (numbers.size() > ModelLimits.RANK) {
            throw new LimitException("has a tensor of more than " + ModelLimits.RANK + " axes; the file is damaged");
        }
        numbers.add(number);
    }

    private static double product(List<Long> integers) {
        double product = 1;
        for (long value : integers) {
            product *= Math.max(1, Math.abs((double) value));
        }
        return product;
    }

    private static double product(WireMessage raw, int length) {
        return product(raw.longs(length / Long.BYTES));
    }

    private static double elements(List<Long> dims, String kind, String name) {
        double elements = 1;
        boolean empty = false;
        for (long dim : dims) {
            if (dim < 0) {
                throw new LimitException(
                        kind + " '" + name + "' has a negative dimension: " + dims + "; the file is damaged");
            }
            empty |= dim == 0;
            elements *= Math.max(1, dim);
        }
        if (elements > ModelLimits.ELEMENTS) {
            throw new LimitException(kind + " '" + name + "' is too large: " + dims
                    + " are more than 2^48 elements; the file is damaged");
        }
        return empty ? 0 : elements;
    }

    Found sparse(WireMessage sparse) {
        Found values = null;
        List<Long> dims = new ArrayList<>(4);
        while (sparse.next()) {
            if (sparse.integer() == 3) {
                add(dims, sparse.number());
            }
            switch (sparse.block()) {
                case 1 -> values = tensor(sparse.message());
                case 2 -> tensor(sparse.message());
                case 3 -> packed(sparse.message(), dims);
                default -> {}
            }
        }
        String name = values == null ? "" : values.name;
        return new Found(
                name,
                new ConstantGrowth.Known(elements(dims, "sparse tensor", name), Double.POSITIVE_INFINITY),
                values == null ? 8 : values.width);
    }

    private static void entry(WireMessage entry, Map<String, String> to) {
        String key = "";
        String value = "";
        while (entry.next()) {
            if (entry.length() > ModelLimits.NAME) {
                tooLong(entry.length());
            }
            if (entry.block() == 1) {
                key = entry.text();
            } else if (entry.block() == 2) {
                value = entry.text();
            }
        }
        to.put(key, value);
    }

    private void external(String name, int type, double elements, Map<String, String> place) {
        try {
            String location = place.getOrDefault("location", "");
            if (location.isEmpty()) {
                throw new LimitException("is external, but has no location");
            }
            if (location.contains(MEMORY)) {
                throw new LimitException("names an address in memory as its data, which a file may not");
            }
            if (external == null) {
                throw new LimitException("is in the external file '" + location + "'; read the model from its file");
            }
            Path file = external.resolve(location);
            long size = external.size(file);
            if (files.add(file)) {
                externalBytes += size;
            }
            long offset = number(place, "offset", 0);
            double length = number(place, "length", (long) Math.ceil(elements * width(type)));
            if (offset < 0 || length < 0 || length > size - (double) offset) {
                throw new LimitException(file + " ends at byte " + size + ", a tensor needs "
                        + String.format(Locale.ROOT, "%.0f", length) + " bytes from " + offset
                        + " on; the file is truncated or belongs to another model");
            }
        } catch (HoneException e) {
            throw new LimitException("tensor '" + name + "': " + e.getMessage(), e);
        }
    }

    private static long number(Map<String, String> place, String key, long otherwise) {
        try {
            return place.containsKey(key) ? Long.parseLong(place.get(key)) : otherwise;
        } catch (NumberFormatException e) {
            throw new LimitException("has the external " + key + " '" + place.get(key) + "', expected a number", e);
        }
    }

    /** A type with its shape; sequences, maps and optionals may have types inside. */
    static void type(WireMessage type, int depth) {
        if (depth > ModelLimits.TYPES) {
            throw new LimitException("has a type of more than " + ModelLimits.TYPES + " levels; the file is damaged");
        }
        while (type.next()) {
            int inside =
                    switch (type.block()) {
                        case 1, 8 -> 0;
                        case 4, 9 -> 1;
                        case 5 -> 2;
                        default -> -1;
                    };
            if (inside < 0) {
                continue;
            }
            WireMessage content = type.message();
            while (content.next()) {
                if (inside > 0 && content.block() == inside) {
                    type(content.message(), depth + 1);
                } else if (inside == 0 && content.block() == 2) {
                    shape(content.message());
                }
            }
        }
    }

    private static void shape(WireMessage shape) {
        double elements = 1;
        int rank = 0;
        while (shape.next()) {
            if (shape.block() == 1) {
                rank++;
                WireMessage dim = shape.message();
                while (dim.next()) {
                    // A negative number is how some exporters write an unknown one.
                    elements *= dim.integer() == 1 ? Math.max(1, dim.number()) : 1;
                }
            }
        }
        if (rank > ModelLimits.RANK) {
            throw new LimitException("has more than " + ModelLimits.RANK + " axes; the file is damaged");
        }
        if (elements > ModelLimits.ELEMENTS) {
            throw new LimitException("is too large: its shape has more than 2^48 elements; the file is damaged");
        }
    }
}
