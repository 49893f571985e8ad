package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.data.DataSet;
import dev.hone.data.Selection;
import dev.hone.explain.Medoids;
import dev.hone.explain.Method;
import dev.hone.model.Classifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.store.ImageStore;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What images are compared with when a verdict is explained, as tensors [R,C,H,W] in the form of the model's input. */
enum Baselines {
    /** Training images at random, of every class alike. */
    SAMPLE,
    /** The mean training image of each class. */
    CLASSES,
    /** Training images that stand for all, by k medoids. */
    MEDOIDS,
    /** The image itself without its details. */
    BLURRED,
    /** Black. */
    BLACK;

    /** Images that means and medoids are taken from. */
    private static final int POOL = 400;
    /** Images are compared at so many pixels a side. */
    private static final int THUMBNAIL = 16;
    /** Deviation of the blur, of the longer side. */
    private static final double BLUR = 0.06;

    boolean needsData() {
        return this != BLURRED && this != BLACK;
    }

    /**
     * What images are compared with where nothing was said: themselves without their details, as a black part may look like
     * a defect; black for methods of gradients that compare with a single image, as their papers do.
     */
    static Baselines withoutData(List<Method> methods) {
        return methods.stream().anyMatch(m -> m.needs() == Method.Needs.SCORES || m.compares() == Method.Compares.ALL)
                ? BLURRED
                : BLACK;
    }

    /**
     * The baselines of all images; for {@link #BLURRED}, where each image has its own, black for a start.
     *
     * @param data where training images are, not read where none are needed
     */
    NativeTensor tensor(Classifier classifier, DataOption option, Path data, int count) {
        if (!needsData()) {
            ImageStore.Form form = classifier.input().form();
            NativeTensor black = NativeTensor.allocate(1, 1, form.channels(), form.height(), form.width());
            classifier
                    .input()
                    .scaled(ByteBuffer.allocate(form.bytes()), black.buffer().asFloatBuffer());
            return black;
        }
        if (data == null) {
            throw new HoneException("--baselines is missing: the data whose training images --baselines-by "
                    + name().toLowerCase(Locale.ROOT) + " takes; or give --baselines-by blurred or black");
        }
        DataSet set = option.dividedFor(data, classifier.input());
        long seed = classifier.input().seed();
        int[] pool = Selection.choose(set, this == SAMPLE ? count : Math.max(count, POOL), seed);
        ImageStore store = option.store(set.only(pool), classifier.input().form());
        int[] all = IntStream.range(0, store.dataSet().samples().size()).toArray();
        return switch (this) {
            case CLASSES -> classMeans(classifier, store, all);
            case MEDOIDS -> sample(classifier, store, Medoids.of(thumbnails(store, all), count, seed));
            default -> sample(classifier, store, all);
        };
    }

    /** Images of a store. */
    static NativeTensor sample(Classifier classifier, ImageStore store, int[] indices) {
        NativeTensor tensor = allocate(store, indices.length);
        FloatBuffer floats = tensor.buffer().asFloatBuffer();
        byte[] pixels = new byte[store.form().bytes()];
        for (int index : indices) {
            store.read(index, pixels);
            classifier.input().scaled(ByteBuffer.wrap(pixels), floats);
        }
        return tensor;
    }

    private static NativeTensor allocate(ImageStore store, int count) {
        ImageStore.Form form = store.form();
        return NativeTensor.allocate(1, count, form.channels(), form.height(), form.width());
    }

    private static NativeTensor classMeans(Classifier classifier, ImageStore store, int[] indices) {
        DataSet set = store.dataSet();
        int length = store.form().bytes();
        int classes = set.classes().size();
        double[][] sums = new double[classes][];
        int[] counts = new int[classes];
        byte[] pixels = new byte[length];
        float[] values = new float[length];
        for (int index : indices) {
            store.read(index, pixels);
            classifier.input().scaled(ByteBuffer.wrap(pixels), FloatBuffer.wrap(values));
            int label = set.samples().get(index).label();
            sums[label] = sums[label] == null ? new double[length] : sums[label];
            counts[label]++;
            for (int i = 0; i < length; i++) {
                sums[label][i] += values[i];
            }
        }
        int[] present = IntStream.range(0, classes).filter(c -> counts[c] > 0).toArray();
        NativeTensor tensor = allocate(store, present.length);
        FloatBuffer floats = tensor.buffer().asFloatBuffer();
        for (int c : present) {
            Arrays.stream(sums[c]).forEach(sum -> floats.put((float) (sum / counts[c])));
        }
        return tensor;
    }

    /** The images as means over a few fields. */
    private static float[][] thumbnails(ImageStore store, int[] indices) {
        ImageStore.Form form = store.form();
        byte[] pixels = new byte[form.bytes()];
        float[][] thumbnails = new float[indices.length][form.channels() * THUMBNAIL * THUMBNAIL];
        int[] counts = new int[thumbnails[0].length];
        int[] fields = new int[form.bytes()];
        for (int i = 0; i < fields.length; i++) {
            int x = i % form.width();
            int y = i / form.width() % form.height();
            int c = i / form.width() / form.height();
            fields[i] = (c * THUMBNAIL + y * THUMBNAIL / form.height()) * THUMBNAIL + x * THUMBNAIL / form.width();
            counts[fields[i]]++;
        }
        for (int k = 0; k < indices.length; k++) {
            store.read(indices[k], pixels);
            for (int i = 0; i < pixels.length; i++) {
                thumbnails[k][fields[i]] += (pixels[i] & 0xff) / (float) counts[fields[i]];
            }
        }
        return thumbnails;
    }

    /** An image [C,H,W] without its details. */
    static NativeTensor blurred(float[] image, ImageStore.Form form) {
        NativeTensor tensor = NativeTensor.allocate(1, 1, form.channels(), form.height(), form.width());
        FloatBuffer floats = tensor.buffer().asFloatBuffer();
        int plane = form.height() * form.width();
        double sigma = BLUR * Math.max(form.height(), form.width());
        for (int c = 0; c < form.channels(); c++) {
            float[] channel = Arrays.copyOfRange(image, c * plane, (c + 1) * plane);
            floats.put(new HeatMap(form.height(), form.width(), channel, true)
                    .smoothed(sigma)
                    .values());
        }
        return tensor;
    }
}
