package dev.hone.cli;

import dev.hone.core.text.Figures;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.op.GraphCost;
import dev.hone.graph.op.ShapeInference;
import dev.hone.jobs.Json;
import dev.hone.model.ModelFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        header = "What is in a model: operators, shapes, parameters, cost, metadata, provenance.",
        description = {
            "",
            "Shapes are inferred; N is the batch. Multiply-adds are for one image.",
            "",
            "Example:",
            "  hone show model.onnx",
            "  hone show model.onnx --nodes          every node with its shapes",
            "  hone show model.onnx --weights        every weight with its shape",
            ""
        })
final class ShowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
    private Path file;

    @Option(names = "--nodes", description = "List every node with its output shapes and multiply-adds.")
    private boolean nodes;

    @Option(
            names = "--weights",
            description = "List every constant with its shape, number of values, and whether 'hone train' changes it.")
    private boolean weights;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        long opset = OnnxReader.readUnchanged(file).opset();
        Model model = OnnxReader.read(file);
        ShapeInference.run(model);
        GraphCost cost = GraphCost.of(model.graph());
        Map<String, Long> operators = new TreeMap<>();
        for (Node node : model.graph().nodes()) {
            operators.merge(node.domain().isEmpty() ? node.op() : node.domain() + "." + node.op(), 1L, Long::sum);
        }
        if (json) {
            System.out.println(Json.document(document(model, opset, cost, operators)));
        } else {
            print(model, opset, cost, operators);
        }
        return 0;
    }

    private Map<String, Object> document(Model model, long opset, GraphCost cost, Map<String, Long> operators) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("file", file.toString());
        document.put("bytes", ModelFiles.size(file));
        document.put("opset", opset);
        document.put("producer", (model.producer() + " " + model.producerVersion()).strip());
        document.put("inputs", values(model.graph().inputs()));
        document.put("outputs", values(model.graph().outputs()));
        document.put("parameters", GraphCost.number(cost.total().parameters()));
        document.put("multiplyAdds", GraphCost.number(cost.total().multiplyAdds()));
        document.put("operators", operators);
        document.put("metadata", model.metadata());
        if (nodes) {
            List<Map<String, Object>> list = new ArrayList<>();
            for (Node node : model.graph().nodes()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("name", node.name());
                row.put("operator", node.op());
                row.put("outputs", values(node.outputs()));
                row.put("multiplyAdds", cost.nodes().get(node).multiplyAdds().toString());
                list.add(row);
            }
            document.put("nodes", list);
        }
        if (weights) {
            document.put("weights", Weight.of(model.graph()));
        }
        return document;
    }

    private static List<String> values(List<Value> values) {
        return values.stream().filter(v -> v != null).map(Value::toString).toList();
    }

    private void print(Model model, long opset, GraphCost cost, Map<String, Long> operators) {
        TextTable table = new TextTable();
        System.out.println(file + "  " + Figures.bytes(ModelFiles.size(file)) + "  operator set " + opset + "  made by "
                + (model.producer() + " " + model.producerVersion()).strip());
        for (Value input : model.graph().inputs()) {
            System.out.println("  in   " + input);
        }
        for (Value output : model.graph().outputs()) {
            System.out.println("  out  " + output);
        }
        System.out.println();
        System.out.printf(
                "%,d parameters, %s multiply-adds an image%n%n",
                (long) GraphCost.number(cost.total().parameters()),
                Figures.count(GraphCost.number(cost.total().multiplyAdds())));
        operators.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(e -> table.row(e.getKey(), e.getValue()));
        System.out.print(table);
        if (nodes) {
            System.out.println();
            TextTable list = new TextTable();
            for (Node node : model.graph().nodes()) {
                list.row(
                        node.op() + " " + node.name(),
                        values(node.outputs()),
                        cost.nodes().get(node).multiplyAdds());
            }
            System.out.print(list);
        }
        if (weights) {
            System.out.println();
            TextTable list = new TextTable();
            for (Weight weight : Weight.of(model.graph())) {
                list.row(
                        weight.name(),
                        weight.typeAndShape(),
                        weight.count(),
                        weight.trainable() ? "trainable" : "fixed");
            }
            System.out.print(list);
        }
        if (!model.metadata().isEmpty()) {
            System.out.println();
            model.metadata().forEach((key, value) -> System.out.println(key + ": " + shorten(value)));
        }
    }

    private static String shorten(String value) {
        String line = value.replaceAll("\\s*\\R\\s*", " ");
        return line.length() <= 160 ? line : line.substring(0, 157) + "...";
    }
}
