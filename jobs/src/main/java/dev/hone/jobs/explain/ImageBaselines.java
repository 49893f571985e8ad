package dev.hone.jobs.explain;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Selection;
import dev.hone.explain.Medoids;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.DataSets;
import dev.hone.model.Classifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.store.ImageStore;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Baselines of images as tensors [R,C,H,W] in the form of the model's input. */
public final class ImageBaselines {
    /** Images that means and medoids are taken from. */
    private static final int POOL = 400;

    /** Images are compared at so many pixels a side. */
    private static final int THUMBNAIL = 16;

    /** Standard deviation of the blur as a share of the longer side. */
    private static final double BLUR = 0.06;

    private ImageBaselines() {}

    /** A black image. */
    static NativeTensor black(Classifier classifier) {
        ImageStore.Form form = classifier.input().form();
        NativeTensor black = NativeTensor.allocate(1, 1, form.channels(), form.height(), form.width());
        classifier
                .input()
                .scaled(ByteBuffer.allocate(form.bytes()), black.buffer().asFloatBuffer());
        return black;
    }

    /**
     * The baselines of all images; for {@link BaselineKind#BLURRED}, where each image has its own, black for a start.
     *
     * @param data where training images are, not read where none are needed
     * @param count how many, at most
     */
    public static NativeTensor of(
            BaselineKind kind, Classifier classifier, Path data, int count, DataOptions options, Progress progress) {
        if (!kind.needsData()) {
            return black(classifier);
        }
        DataSet set = DataSets.dividedFor(data, options, classifier.input(), progress);
        long seed = classifier.input().seed();
        int[] pool = Selection.choose(set, kind == BaselineKind.SAMPLE ? count : Math.max(count, POOL), seed);
        ImageStore store = DataSets.store(set.only(pool), classifier.input().form(), options, progress);
        int[] all = IntStream.range(0, store.dataSet().samples().size()).toArray();
        return switch (kind) {
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

    /** An image [C,H,W] blurred. */
    public static NativeTensor blurred(float[] image, ImageStore.Form form) {
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
