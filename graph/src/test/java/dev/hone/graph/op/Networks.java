package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The networks of {@code networks.tsv}: structure without weights, and what ONNX's inference says of every value. */
record Networks(Graph graph, Map<String, Value> values, Map<String, TextSpec> expected) {
    /** @param folder for a sparse file that the weights point into */
    static Map<String, Networks> load(Path folder) throws IOException {
        Path weights = folder.resolve("weights");
        try (RandomAccessFile sparse = new RandomAccessFile(weights.toFile(), "rw")) {
            sparse.setLength(1 << 26);
        }
        Map<String, Networks> networks = new LinkedHashMap<>();
        Networks current = null;
        try (InputStream file = Networks.class.getResourceAsStream("networks.tsv")) {
            List<String> lines = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            for (String line : lines) {
                String[] field = line.split("\t", -1);
                if (field[0].equals("network")) {
                    current = new Networks(new Graph(field[1]), new HashMap<>(), new LinkedHashMap<>());
                    networks.put(field[1], current);
                } else {
                    current.add(field, weights);
                }
            }
        }
        return networks;
    }

    private void add(String[] field, Path weights) {
        switch (field[0]) {
            case "input" -> {
                Dim[] dims = Arrays.stream(field[3].split(","))
                        .map(d -> d.matches("\\d+") ? Dim.of(Long.parseLong(d)) : Dim.symbol(d))
                        .toArray(Dim[]::new);
                values.put(field[1], graph.addInput(field[1], ElementType.named(field[2]), Shape.of(dims)));
            }
            case "constant" -> values.put(field[1], graph.addConstant(field[1], constant(field, weights)));
            case "node" -> addNode(field);
            case "output" -> graph.addOutput(values.get(field[1]));
            case "value" -> expected.put(field[1], TextSpec.of(field[2] + "[" + field[3] + "]"));
            default -> throw new IllegalArgumentException(field[0]);
        }
    }

    private static Tensor constant(String[] field, Path weights) {
        TextSpec spec = TextSpec.of(field[2] + "[" + field[3] + "]" + (field.length > 4 ? "=" + field[4] : ""));
        return spec.contents() != null ? spec.tensor() : Tensor.mapped(spec.type(), spec.dims(), weights, 0);
    }

    private void addNode(String[] field) {
        List<Value> inputs = Arrays.stream(field[2].isEmpty() ? new String[0] : field[2].split(" "))
                .map(values::get)
                .toList();
        Node node = graph.addNode("", field[1], inputs);
        TextSpec.setAttributes(node, field[4]);
        for (String output : field[3].split(" ")) {
            values.put(output, node.addOutput(output));
        }
    }
}
