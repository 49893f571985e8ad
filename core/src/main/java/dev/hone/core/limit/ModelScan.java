package dev.hone.core.limit;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Walks through a serialized ONNX model and holds it against {@link ModelLimits}. The numbers are those of the fields in
 * the ONNX specification's messages.
 */
final class ModelScan {
    private final ByteBuffer bytes;
    private final TensorScan tensors;
    private final FunctionCalls functions = new FunctionCalls();
    private final ConstantGrowth constants = new ConstantGrowth();
    private final CarriedDequantize carried = new CarriedDequantize();
    private final Map<String, Double> sparse = new LinkedHashMap<>();
    private long nodes;
    private long parts;
    private long metadata;

    /** Where a node stands: in a graph, a subgraph or the body of a function. */
    private final class Place {
        private final ConstantGrowth.Body constants;
        private final CarriedDequantize.Scope values;
        private final int depth;

        Place() {
            this.constants = ModelScan.this.constants.body();
            this.values = new CarriedDequantize.Scope(null);
            this.depth = 0;
        }

        Place(Place around) {
            this.constants = around.constants.subgraph();
            this.values = new CarriedDequantize.Scope(around.values);
            this.depth = around.depth + 1;
        }
    }

    /** @param external where external data lie, or null if there may be none */
    ModelScan(ByteBuffer bytes, ExternalFiles external) {
        this.bytes = bytes;
        this.tensors = new TensorScan(external);
    }

    /** The bound for the constants that can be computed. */
    ConstantGrowth constants() {
        return constants;
    }

    /** Bytes of the sparse tensors, which the runtime stores as ordinary ones, by name. */
    Map<String, Double> sparse() {
        return sparse;
    }

    /** Whether the runtime would crash on its quantized values, see {@link CarriedDequantize}. */
    boolean carriesIntoSubgraph() {
        return carried.found();
    }

    Set<Path> externalFiles() {
        return tensors.externalFiles();
    }

    /** Bytes of all external data. */
    long externalBytes() {
        return tensors.externalBytes();
    }

    void run() {
        // Functions stand behind the graph; which nodes call one must be known before.
        WireMessage model = new WireMessage(bytes);
        Map<String, FunctionCalls.Body> bodies = new LinkedHashMap<>();
        while (model.next()) {
            if (model.block() == 25) {
                FunctionCalls.Body body = new FunctionCalls.Body();
                functions.define(functionKey(model.message()), body);
                bodies.put(functionKey(model.message()), body);
            }
        }
        FunctionCalls.Body main = new FunctionCalls.Body();
        model = new WireMessage(bytes);
        while (model.next()) {
            switch (model.block()) {
                case 7 -> graph(model.message(), main, new Place());
                case 14 -> metadata(model);
                case 20 -> training(model.message(), main);
                case 25 -> function(model.message(), bodies.get(functionKey(model.message())));
                default -> {}
            }
        }
        functions.check(main);
    }

    private void metadata(WireMessage model) {
        metadata += model.length();
        if (metadata > ModelLimits.METADATA) {
            throw new LimitException("its metadata take more than " + (ModelLimits.METADATA >> 20)
                    + " MiB; the file is damaged, or was made to exhaust the memory");
        }
    }

    private void training(WireMessage info, FunctionCalls.Body calls) {
        while (info.next()) {
            if (info.block() == 1 || info.block() == 2) {
                graph(info.message(), calls, new Place());
            }
        }
    }

    private static String functionKey(WireMessage function) {
        String domain = "";
        String name = "";
        String overload = "";
        while (function.next()) {
            switch (function.block()) {
                case 1 -> name = name(function);
                case 10 -> domain = name(function);
                case 13 -> overload = name(function);
                default -> {}
            }
        }
        return FunctionCalls.key(domain, name, overload);
    }

    private static String name(WireMessage field) {
        requireName(field.length());
        return field.text();
    }

    private void part() {
        if (++parts > ModelLimits.PARTS) {
            throw new LimitException("has more than " + ModelLimits.PARTS
                    + " values, tensors and attributes; the file is damaged, or was made to exhaust the memory");
        }
    }

    private void function(WireMessage function, FunctionCalls.Body calls) {
        Place place = new Place();
        while (function.next()) {
            switch (function.block()) {
                case 7 -> node(function.message(), calls, place);
                case 11 -> attribute(function.message(), calls, place);
                case 12 -> value(function.message());
                default -> {}
            }
        }
    }

    private void graph(WireMessage graph, FunctionCalls.Body calls, Place place) {
        if (place.depth > ModelLimits.SUBGRAPHS) {
            throw new LimitException("has subgraphs more than " + ModelLimits.SUBGRAPHS
                    + " levels deep, which the runtime does not read; export it again");
        }
        while (graph.next()) {
            switch (graph.block()) {
                case 1 -> node(graph.message(), calls, place);
                case 5 -> {
                    TensorScan.Found tensor = tensor(graph.message());
                    place.constants.constant(tensor.name(), tensor.known());
                }
                case 11, 12, 13 -> value(graph.message());
                case 15 -> {
                    TensorScan.Found tensor = sparse(graph.message());
                    place.constants.constant(tensor.name(), tensor.known());
                }
                default -> {}
            }
        }
    }

    private TensorScan.Found tensor(WireMessage tensor) {
        part();
        return tensors.tensor(tensor);
    }

    private TensorScan.Found sparse(WireMessage tensor) {
        part();
        TensorScan.Found found = tensors.sparse(tensor);
        sparse.put(found.name(), found.known().elements() * found.width());
        return found;
    }

    private void value(WireMessage value) {
        part();
        WireMessage fields = value.again();
        while (fields.next()) {
            if (fields.block() == 1) {
                requireName(fields.length());
            } else if (fields.block() == 2) {
                try {
                    TensorScan.type(fields.message(), 0);
                } catch (LimitException e) {
                    throw new LimitException("value '" + text(value, 1) + "' " + e.getMessage(), e);
                }
            }
        }
    }

    private static void requireName(int length) {
        if (length > ModelLimits.NAME) {
            throw new LimitException("has a name of " + length + " bytes; the file is damaged");
        }
    }

    /** The last of the texts of a field; names are decoded only where they are needed. */
    static String text(WireMessage message, int field) {
        String text = "";
        WireMessage fields = message.again();
        while (fields.next()) {
            text = fields.block() == field ? fields.text() : text;
        }
        return text;
    }

    /** What a node is called in messages: its operator, and its name or that of its output. */
    static String label(WireMessage node) {
        String name = text(node, 3);
        return text(node, 4) + " '" + (name.isEmpty() ? text(node, 2) : name) + "'";
    }

    private void node(WireMessage node, FunctionCalls.Body calls, Place place) {
        if (++nodes > ModelLimits.NODES) {
            throw new LimitException(
                    "has more than " + ModelLimits.NODES + " nodes; export it with loops, or in parts");
        }
        String first = null;
        int operator = 0;
        int domain = 0;
        boolean absent = false;
        boolean subgraphs = false;
        ConstantGrowth.Known constant = null;
        WireMessage fields = node.again();
        while (fields.next()) {
            switch (fields.block()) {
                case 1 -> {
                    requireName(fields.length());
                    absent |= fields.length() == 0;
                    first = first == null && fields.length() > 0 ? fields.text() : first;
                }
                case 2, 8 -> requireName(fields.length());
                case 4 -> {
                    requireName(fields.length());
                    operator = fields.length();
                }
                case 7 -> {
                    requireName(fields.length());
                    domain = fields.length();
                }
                case 5 -> {
                    Attributes found = attribute(fields.message(), calls, place);
                    constant = found.constant == null ? constant : found.constant;
                    subgraphs |= found.subgraphs;
                }
                default -> {}
            }
        }
        AbsentInputs.check(node, absent, domain);
        ZeroDivisors.check(node, operator);
        carried.node(node, operator, place.values);
        // Without functions, which nodes call one does not have to be found out.
        String key = functions.isEmpty() ? "" : FunctionCalls.key(text(node, 7), text(node, 4), text(node, 8));
        if (first == null && constant != null && text(node, 4).equals("Constant")) {
            place.constants.constant(text(node, 2), constant);
        } else if (!subgraphs) {
            place.constants.node(node, first, functions.defines(key));
        }
        calls.node(key);
    }

    private record Attributes(ConstantGrowth.Known constant, boolean subgraphs) {}

    private Attributes attribute(WireMessage attribute, FunctionCalls.Body calls, Place place) {
        part();
        ConstantGrowth.Known constant = null;
        boolean subgraphs = false;
        while (attribute.next()) {
            switch (attribute.block()) {
                case 1 -> requireName(attribute.length());
                case 5, 10 -> constant = tensor(attribute.message()).known();
                case 6, 11 -> {
                    subgraphs = true;
                    graph(attribute.message(), calls, new Place(place));
                }
                case 14, 15 -> TensorScan.type(attribute.message(), 0);
                case 22, 23 -> constant = sparse(attribute.message()).known();
                // A few numbers or texts: lists have no more elements than bytes.
                case 7, 8, 9 -> constant = new ConstantGrowth.Known(attribute.length(), Double.POSITIVE_INFINITY);
                default -> {}
            }
        }
        return new Attributes(constant, subgraphs);
    }
}
