package dev.hone.train.loop;

import dev.hone.core.ElementType;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** A toy problem: images of 16 x 16 noisy stripes, lying (class 0) or standing (class 1). */
final class Stripes implements BatchSource {
    static final int SIZE = 16;

    private final int images;
    private final int batch;
    private final long seed;
    private final boolean varied;

    /** @param varied whether each epoch shows other images */
    Stripes(int images, int batch, long seed, boolean varied) {
        this.images = images;
        this.batch = batch;
        this.seed = seed;
        this.varied = varied;
    }

    @Override
    public long samples() {
        return images;
    }

    @Override
    public int batches() {
        return (images + batch - 1) / batch;
    }

    @Override
    public Stream epoch(int epoch, int first) {
        return new MadeBatches(first, batches(), index -> make(varied ? epoch : 0, index));
    }

    private Batch make(int epoch, int index) {
        int size = Math.min(batch, images - index * batch);
        ByteBuffer pixels = direct(size * SIZE * SIZE * Float.BYTES);
        ByteBuffer targets = direct(size * 2 * Float.BYTES);
        ByteBuffer labels = direct(size * Long.BYTES);
        SplittableRandom random = new SplittableRandom(seed + 1_000_003L * epoch + 7919L * index);
        for (int i = 0; i < size; i++) {
            int label = random.nextInt(2);
            int phase = random.nextInt(4);
            for (int y = 0; y < SIZE; y++) {
                for (int x = 0; x < SIZE; x++) {
                    int along = (label == 0 ? y : x) + phase;
                    pixels.putFloat((along % 4 < 2 ? 90 : 160) + random.nextInt(60));
                }
            }
            targets.putFloat(label == 0 ? 1 : 0).putFloat(label == 0 ? 0 : 1);
            labels.putLong(label);
        }
        Map<String, Batch.Array> arrays = new LinkedHashMap<>();
        arrays.put("images", new Batch.Array(ElementType.FLOAT, pixels.flip(), size, 1, SIZE, SIZE));
        arrays.put(Batch.LABELS, new Batch.Array(ElementType.INT64, labels.flip(), size));
        arrays.put(Batch.TARGETS, new Batch.Array(ElementType.FLOAT, targets.flip(), size, 2));
        return new Batch(new int[size], arrays, () -> {});
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
