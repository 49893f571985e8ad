package dev.hone.cli;

import dev.hone.core.text.Figures;
import dev.hone.jobs.bench.BenchJob;
import dev.hone.jobs.bench.BenchOptions;
import dev.hone.jobs.bench.BenchResult;
import dev.hone.jobs.bench.BenchResult.Measured;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

@Command(
        name = "bench",
        header = "Measure a model on this machine: size, MACs, latency, images per second, memory.",
        description = {
            "",
            "Latency is the time of one run on a decoded input, after warm-up. With --against, the two "
                    + "models run alternately, so that other load on the machine affects both equally. Memory is measured in a process of its own for each model.",
            "",
            "Example:",
            "  hone bench model.onnx --against model.int8.onnx",
            ""
        })
final class BenchCommand extends JobCommand<BenchOptions, BenchResult> {
    BenchCommand() {
        super(BenchJob.JOB);
    }

    @Override
    void print(BenchResult result) {
        System.out.println(result.machine() + ", " + result.threads() + " threads, batch " + result.batch());
        System.out.println();
        Measured a = result.model();
        Measured b = result.against();
        Measured[] rows = b == null ? new Measured[] {a} : new Measured[] {a, b};
        TextTable table = new TextTable();
        row(table, "", rows, r -> r.file().getFileName().toString());
        row(table, "size", rows, r -> Figures.bytes(r.bytes()));
        row(table, "parameters", rows, r -> Figures.count(r.parameters()));
        row(table, "MACs", rows, r -> Figures.count(r.macs()));
        row(table, "latency p50", rows, r -> milliseconds(r.latency().p50()));
        row(table, "latency p95", rows, r -> milliseconds(r.latency().p95()));
        row(table, "latency p99", rows, r -> milliseconds(r.latency().p99()));
        row(table, "images/s", rows, r -> LineFormat.format("%.1f", r.latency().perSecond(result.batch())));
        row(table, "memory", rows, r -> Double.isNaN(r.memory()) ? "-" : Figures.bytes((long) r.memory()));
        System.out.print(table);
        if (b != null) {
            System.out.print(LineFormat.format(
                    "%n%s takes %.2f times as long as %s (95 %% interval %.2f to %.2f), %.0f %% of its size%n",
                    b.file().getFileName(),
                    result.paired().ratio(),
                    a.file().getFileName(),
                    result.paired().low(),
                    result.paired().high(),
                    100.0 * b.bytes() / a.bytes()));
        }
    }

    private static void row(TextTable table, String name, Measured[] rows, Function<Measured, String> cell) {
        table.row(Stream.concat(Stream.of(name), Stream.of(rows).map(cell)).toArray());
    }

    private static String milliseconds(double value) {
        return LineFormat.format("%.3f ms", value);
    }
}
