package dev.hone.benchmarks;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Writes a transformer of a given size with random weights, tensor by tensor: token embeddings, blocks of attention and
 * a two-layer MLP, and an output projection to the vocabulary. In large models the first and the last tensor exceed 2
 * GiB.
 */
final class LargeTransformer {
    private static final int RANDOM_FLOATS = 1 << 22;
    private static final long ALIGNMENT = 64 << 10;

    private final Path data;
    private final FileChannel channel;
    private final Graph graph = new Graph("transformer");
    private final Ops ops = new Ops(graph);
    private final ByteBuffer noise;
    private final Random random = new Random(1);
    private long end;

    private LargeTransformer(Path data) throws IOException {
        this.data = data;
        this.channel = FileChannel.open(
                data, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        this.noise = ByteBuffer.allocateDirect(4 * RANDOM_FLOATS).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < RANDOM_FLOATS; i++) {
            noise.putFloat(4 * i, (float) (0.02 * random.nextGaussian()));
        }
    }

    /** @param argument the size in gigabytes and the file: {@code 12:large.onnx} */
    static void run(String argument) throws IOException {
        int colon = argument.indexOf(':');
        double gigabytes = Double.parseDouble(argument.substring(0, colon));
        Path file = Path.of(argument.substring(colon + 1));
        boolean large = gigabytes >= 6;
        int width = large ? 4096 : 256;
        int words = large ? 150_000 : 2_000;
        double rest = gigabytes * 1e9 - 8.0 * width * words;
        int blocks = (int) Math.max(1, Math.ceil(rest / (48.0 * width * width)));
        Path part = file.toAbsolutePath().resolveSibling(file.getFileName() + ".part");
        LargeTransformer writer = new LargeTransformer(part);
        Model model = writer.write(width, words, blocks);
        OnnxWriter.write(model, file, part, OnnxWriter.Check.NONE);
        System.out.printf(
                Locale.ROOT,
                "%s: %d blocks of width %d, %.2f GB%n",
                file,
                blocks,
                width,
                Files.size(file.resolveSibling(file.getFileName() + ".data")) / 1e9);
    }

    private Model write(int width, int words, int blocks) throws IOException {
        Value ids = graph.addInput("ids", ElementType.INT64, Shape.of(Dim.symbol("N"), Dim.symbol("T")));
        Value x = ops.op("Gather", weights("words", words, width), ids);
        for (int i = 0; i < blocks; i++) {
            x = block(x, "block" + i, width);
        }
        Value scores = ops.matmul(normalized(x, "last", width), weights("scores", width, words));
        scores.setName("logits");
        graph.addOutput(scores);
        channel.force(false);
        channel.close();
        return new Model(graph);
    }

    private Value block(Value x, String name, int width) throws IOException {
        Value h = normalized(x, name + ".norm1", width);
        Value q = ops.matmul(h, weights(name + ".q", width, width));
        Value k = ops.matmul(h, weights(name + ".k", width, width));
        Value v = ops.matmul(h, weights(name + ".v", width, width));
        Value attention = ops.op("Softmax", ops.mul(ops.matmul(q, ops.transpose(k, 0, 2, 1)), 1 / Math.sqrt(width)));
        Value mixed = ops.matmul(ops.matmul(attention, v), weights(name + ".out", width, width));
        Value y = ops.add(x, mixed);
        Value up = ops.op(
                "Gelu", ops.matmul(normalized(y, name + ".norm2", width), weights(name + ".up", width, 4L * width)));
        return ops.add(y, ops.matmul(up, weights(name + ".down", 4L * width, width)));
    }

    private Value normalized(Value x, String name, int width) {
        Value scale = graph.addConstant(name + ".scale", Tensor.filled(ElementType.FLOAT, 1, width));
        return ops.op("LayerNormalization", Map.of("axis", -1), x, scale);
    }

    /** Weights from N(0, 0.02), read from one table of random numbers at a different offset each time. */
    private Value weights(String name, long rows, long columns) throws IOException {
        long offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        end = offset + 4 * rows * columns;
        for (long at = offset; at < end; ) {
            noise.clear().position(4 * random.nextInt(RANDOM_FLOATS / 2));
            noise.limit((int) Math.min(noise.limit(), noise.position() + end - at));
            at += channel.write(noise, at);
        }
        return graph.addConstant(name, Tensor.mapped(ElementType.FLOAT, new long[] {rows, columns}, data, offset));
    }
}
