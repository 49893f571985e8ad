package dev.hone.cli;

import dev.hone.core.text.Figures;
import dev.hone.jobs.show.ShowJob;
import dev.hone.jobs.show.ShowOptions;
import dev.hone.jobs.show.ShowResult;
import dev.hone.jobs.show.Weight;
import dev.hone.model.PretrainedWeights;
import java.util.Map;
import picocli.CommandLine.Command;

@Command(
        name = "show",
        header = "Inspect a model: operators, shapes, parameters, cost, metadata, provenance.",
        description = {
            "",
            "Shapes are inferred; N is the batch size. MACs are for one image.",
            "",
            "Example:",
            "  hone show model.onnx --weights        every weight with its shape",
            ""
        })
final class ShowCommand extends JobCommand<ShowOptions, ShowResult> {
    ShowCommand() {
        super(ShowJob.JOB);
    }

    @Override
    void print(ShowResult result) {
        System.out.println(result.file() + "  " + Figures.bytes(result.bytes()) + "  opset " + result.opset()
                + (result.producer().isEmpty() ? "" : "  produced by " + result.producer()));
        result.inputs().forEach(input -> System.out.println("  in   " + input));
        result.outputs().forEach(output -> System.out.println("  out  " + output));
        if (result.scores() != null) {
            System.out.println("  read from '" + result.scores().output() + "': "
                    + result.scores().text());
            if (!result.scores().note().isEmpty()) {
                System.out.println("    " + result.scores().note());
            }
        }
        System.out.print(LineFormat.format(
                "%n%,d parameters, %s MACs per sample%n%n", (long) result.parameters(), Figures.count(result.macs())));
        TextTable operators = new TextTable();
        result.operators().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(e -> operators.row(e.getKey(), e.getValue()));
        System.out.print(operators);
        if (result.nodes() != null) {
            TextTable nodes = new TextTable();
            result.nodes().forEach(n -> nodes.row(n.operator() + " " + n.name(), n.outputs(), n.macs()));
            System.out.print("\n" + nodes);
        }
        if (result.weights() != null) {
            TextTable weights = new TextTable();
            for (Weight weight : result.weights()) {
                weights.row(
                        weight.name(),
                        weight.typeAndShape(),
                        weight.count(),
                        weight.trainable() ? "trainable" : "fixed");
            }
            System.out.print("\n" + weights);
        }
        // In full: whoever passes the model on has to pass the notice on.
        PretrainedWeights.read(result.metadata())
                .ifPresent(weights -> System.out.print("\ntrained on " + weights.name()
                        + (weights.license().isEmpty() ? ", license not known" : ", license " + weights.license())
                        + (weights.notice().isEmpty() ? "" : "\n  " + weights.notice()) + "\n"));
        if (!result.metadata().isEmpty()) {
            System.out.println();
            result.metadata().forEach((key, value) -> System.out.println(key + ": " + shorten(value)));
        }
    }

    private static String shorten(String value) {
        String line = value.replaceAll("\\s*\\R\\s*", " ");
        return line.length() <= 160 ? line : line.substring(0, 157) + "...";
    }
}
