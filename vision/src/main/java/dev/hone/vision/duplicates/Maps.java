package dev.hone.vision.duplicates;

import dev.hone.vision.store.ImageStore;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * The structure maps of a store's images, less what all have in common. They are held in a part of the heap; of very many
 * images, the maps that find no room are made again at each use.
 */
final class Maps {
    private static final int VALUES = StructureMap.SIDE * StructureMap.SIDE;

    /** The share of the heap that maps may fill is one of this. */
    private static final int HEAP_SHARE = 6;

    /** So many images, evenly spread, say what all have in common; of fewer than the second number it is not known. */
    private static final int COMMON = 1024;

    private static final int FEWEST = 8;

    private final ImageStore store;
    private final byte[][] kept;
    private final float[] common = new float[VALUES];

    /** @param progress called after each image from several threads; may throw to give up */
    Maps(ImageStore store, Runnable progress) {
        this.store = store;
        int size = store.dataSet().samples().size();
        this.kept = new byte[(int) Math.min(size, Runtime.getRuntime().maxMemory() / HEAP_SHARE / VALUES)][];
        IntStream.range(0, kept.length).parallel().forEach(i -> {
            kept[i] = StructureMap.of(store.image(i));
            progress.run();
        });
        int sampled = Math.min(size, COMMON);
        for (int k = 0; k < sampled && size >= FEWEST; k++) {
            byte[] map = raw((int) ((long) k * size / sampled));
            for (int i = 0; i < VALUES; i++) {
                common[i] += map[i] / (StructureMap.SCALE * sampled);
            }
        }
    }

    int size() {
        return store.dataSet().samples().size();
    }

    private byte[] raw(int image) {
        return image < kept.length ? kept[image] : StructureMap.of(store.image(image));
    }

    /** The map of an image. */
    float[] map(int image) {
        byte[] raw = raw(image);
        float[] map = new float[VALUES];
        for (int i = 0; i < VALUES; i++) {
            map[i] = raw[i] / StructureMap.SCALE - common[i];
        }
        return map;
    }

    /** The map of the image turned. */
    float[] map(int image, Turn turn) {
        if (turn == Turn.NONE) {
            return map(image);
        }
        byte[] raw = raw(image);
        float[] map = new float[VALUES];
        for (int i = 0; i < VALUES; i++) {
            map[i] = raw[i] / StructureMap.SCALE;
        }
        map = turn.of(map, StructureMap.SIDE);
        for (int i = 0; i < VALUES; i++) {
            map[i] -= common[i];
        }
        return map;
    }

    /** The sum of some images' maps. */
    float[] sum(int[] images) {
        float[] sum = new float[VALUES];
        for (int image : images) {
            byte[] raw = raw(image);
            for (int i = 0; i < VALUES; i++) {
                sum[i] += raw[i] / StructureMap.SCALE - common[i];
            }
        }
        return sum;
    }

    /** A map at a quarter of the side, by which neighbours are found. */
    static float[] coarse(float[] map) {
        return StructureMap.reduced(map, StructureMap.SIDE, 4);
    }

    /** A number that is the same for the same pixels. */
    long checksum(int image) {
        CRC32C crc = new CRC32C();
        crc.update(raw(image));
        return crc.getValue();
    }

    /** Whether two images have the same pixels at the store's size. */
    boolean haveEqualPixels(int a, int b) {
        return Arrays.equals(store.image(a).pixels(), store.image(b).pixels());
    }
}
