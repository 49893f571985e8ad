package dev.hone.cli;

import dev.hone.compress.quantize.Quantizer;
import dev.hone.core.HoneException;
import dev.hone.core.text.Figures;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.op.GraphCost;
import dev.hone.graph.op.ShapeInference;
import dev.hone.jobs.Json;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.Cores;
import dev.hone.runtime.Cpu;
import dev.hone.runtime.Latency;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Paired;
import dev.hone.runtime.ProcessMemory;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "bench",
        header = "Measures a model on this machine: size, multiply-adds, latency, images per second, memory.",
        description = {
            "",
            "Latency is that of one run of the model on a decoded input, after warming up. With --against, the two "
                    + "models run in turn, so that whatever else the machine does hits both alike.",
            "",
            "Example:",
            "  hone bench model.onnx --against model.int8.onnx",
            ""
        })
final class BenchCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
    private Path file;

    @Option(names = "--against", paramLabel = "OTHER", description = "A second model with the same inputs.")
    private Path against;

    @Option(names = "--batch", paramLabel = "N", description = "Images per run (default: ${DEFAULT-VALUE}).")
    private int batch = 1;

    @Option(names = "--seconds", paramLabel = "S", description = "Time to measure (default: ${DEFAULT-VALUE}).")
    private double seconds = 3;

    @Option(
            names = "--input",
            paramLabel = "DIMS",
            split = ",",
            description = "Shape of the input where the model leaves it open, for example 1,3,224,224.")
    private long[] shape;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Mixin
    private SessionOption session;

    /** What was measured of one model. */
    private record Row(Path file, long bytes, long parameters, double multiplyAdds, Latency latency, long memory) {}

    @Override
    public Integer call() {
        if (batch < 1 || !(seconds > 0)) {
            throw new HoneException(
                    "--batch " + batch + ", --seconds " + seconds + ": expected 1 or more, and more than 0");
        }
        SessionOptions options = session.options();
        Duration budget = Duration.ofMillis(Math.round(seconds * 1000));
        // The runtime's own memory is not the first model's.
        Session.runtimeVersion();
        warnOfOtherProcessor(file);
        if (against != null) {
            warnOfOtherProcessor(against);
        }
        long before = ProcessMemory.now().resident();
        try (Runner first = new Runner(file, options, batch, shape)) {
            batch = first.batch();
            first.run();
            long memory = ProcessMemory.now().resident() - before;
            if (against == null) {
                report(options, row(file, Latency.measure(first, budget), memory), null, null);
                return 0;
            }
            before = ProcessMemory.now().resident();
            try (Runner second = new Runner(against, options, batch, shape)) {
                second.run();
                long secondMemory = ProcessMemory.now().resident() - before;
                Paired paired = Paired.compare(first, second, budget.multipliedBy(2));
                report(options, row(file, paired.a(), memory), row(against, paired.b(), secondMemory), paired);
            }
        }
        return 0;
    }

    /** A quantized model may be slow, or inexact, on a processor with other instructions for products of bytes. */
    private static void warnOfOtherProcessor(Path path) {
        String made = OnnxReader.read(path).metadata().get(Quantizer.INSTRUCTIONS_KEY);
        if (made == null) {
            return;
        }
        Cpu there = Cpu.parse(made);
        Cpu here = Cpu.here();
        if (there.instructions() != here.instructions()) {
            System.err.println("hone: warning: " + path.getFileName() + " was quantized for " + there.instructions()
                    + " (" + there.model() + "), this machine has " + here.instructions()
                    + "; speed and results may differ, quantize it here");
        }
    }

    private Row row(Path path, Latency latency, long memory) {
        Model model = OnnxReader.read(path);
        ShapeInference.run(model);
        GraphCost cost = GraphCost.of(model.graph());
        return new Row(
                path,
                ModelFiles.size(path),
                (long) GraphCost.number(cost.total().parameters()),
                GraphCost.number(cost.total().multiplyAdds()),
                latency,
                memory);
    }

    private void report(SessionOptions options, Row a, Row b, Paired paired) {
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("machine", Cores.model());
            document.put("threads", options.threads());
            document.put("batch", batch);
            document.put("model", map(a));
            if (b != null) {
                document.put("against", map(b));
                document.put("timeRatio", Json.round(paired.ratio(), 4));
                document.put("timeRatio95", new Double[] {Json.round(paired.low(), 4), Json.round(paired.high(), 4)});
            }
            System.out.println(Json.document(document));
            return;
        }
        System.out.println(Cores.model() + ", " + options.threads() + " threads, batch " + batch);
        System.out.println();
        Row[] rows = b == null ? new Row[] {a} : new Row[] {a, b};
        TextTable table = new TextTable();
        table.row(column("", rows, r -> r.file.getFileName().toString()));
        table.row(column("size", rows, r -> Figures.bytes(r.bytes)));
        table.row(column("parameters", rows, r -> Figures.count(r.parameters)));
        table.row(column("multiply-adds", rows, r -> Figures.count(r.multiplyAdds)));
        table.row(column("latency p50", rows, r -> milliseconds(r.latency.p50())));
        table.row(column("latency p95", rows, r -> milliseconds(r.latency.p95())));
        table.row(column("latency p99", rows, r -> milliseconds(r.latency.p99())));
        table.row(column("images/s", rows, r -> String.format(Locale.ROOT, "%.1f", r.latency.perSecond(batch))));
        table.row(column("memory", rows, r -> Figures.bytes(Math.max(0, r.memory))));
        System.out.print(table);
        if (paired != null) {
            System.out.printf(
                    Locale.ROOT,
                    "%n%s takes %.2f times as long as %s (95 %% interval %.2f to %.2f), %.0f %% of its size%n",
                    b.file.getFileName(),
                    paired.ratio(),
                    a.file.getFileName(),
                    paired.low(),
                    paired.high(),
                    100.0 * b.bytes / a.bytes);
        }
    }

    private static Object[] column(String name, Row[] rows, java.util.function.Function<Row, String> cell) {
        Object[] cells = new Object[rows.length + 1];
        cells[0] = name;
        for (int i = 0; i < rows.length; i++) {
            cells[i + 1] = cell.apply(rows[i]);
        }
        return cells;
    }

    private static String milliseconds(double value) {
        return String.format(Locale.ROOT, "%.3f ms", value);
    }

    private Map<String, Object> map(Row row) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", row.file.toString());
        map.put("bytes", row.bytes);
        map.put("parameters", row.parameters);
        map.put("macs", row.multiplyAdds);
        map.put("p50", Json.round(row.latency.p50(), 4));
        map.put("p95", Json.round(row.latency.p95(), 4));
        map.put("p99", Json.round(row.latency.p99(), 4));
        map.put("imagesPerSecond", Json.round(row.latency.perSecond(batch), 2));
        map.put("memoryBytes", row.memory);
        return map;
    }

    /** A session with inputs made up once. */
    static final class Runner implements Runnable, AutoCloseable {
        private final Session session;
        private final Map<String, NativeTensor> inputs = new LinkedHashMap<>();

        Runner(Path file, SessionOptions options, int batch, long[] shape) {
            session = ModelFiles.open(file, options);
            Random random = new Random(1);
            session.inputs().forEach(info -> {
                long[] dims = shape != null ? shape : info.dims().clone();
                for (int i = 0; i < dims.length; i++) {
                    if (dims[i] < 0 && i > 0) {
                        throw new HoneException(file + ": input " + info
                                + " leaves its size open; give it with --input, " + "for example --input 1,3,224,224");
                    }
                    dims[i] = dims[i] < 0 ? batch : dims[i];
                }
                NativeTensor tensor = NativeTensor.allocate(info.elementType(), dims);
                fill(tensor, random);
                inputs.put(info.name(), tensor);
            });
        }

        /** Floats from 0 to 1; bytes over their whole range; other integers stay 0, the one index that is always right. */
        private static void fill(NativeTensor tensor, Random random) {
            ByteBuffer buffer = tensor.buffer();
            if (tensor.type() == 1) {
                while (buffer.hasRemaining()) {
                    buffer.putFloat(random.nextFloat());
                }
            } else if (tensor.type() == 2) {
                while (buffer.hasRemaining()) {
                    buffer.put((byte) random.nextInt());
                }
            }
        }

        /** Images in a run, as the inputs that were made say. */
        int batch() {
            long[] dims = inputs.values().iterator().next().dims();
            return dims.length == 0 ? 1 : (int) dims[0];
        }

        @Override
        public void run() {
            session.run(inputs).values().forEach(NativeTensor::close);
        }

        @Override
        public void close() {
            inputs.values().forEach(NativeTensor::close);
            session.close();
        }
    }
}
