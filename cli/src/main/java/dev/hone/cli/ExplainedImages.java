package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.Selection;
import dev.hone.data.Split;
import dev.hone.model.Classifier;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Test images of a data set that explanations are judged on, of every class alike, with the masks of their defects. */
final class ExplainedImages {
    private final Classifier classifier;
    private final ImageStore store;
    private final Path masks;

    /**
     * @param masks a folder of masks, or null for those beside the images
     * @param without index of a class whose images are left out, -1 for none
     */
    ExplainedImages(
            Classifier classifier, DataOption option, Path data, int count, long seed, Path masks, int without) {
        this.classifier = classifier;
        this.masks = masks;
        if (masks != null && !Files.isDirectory(masks)) {
            throw new HoneException("--masks " + masks + ": no such folder; give one with a PNG of each image's name");
        }
        DataSet divided = option.dividedFor(data, classifier.input());
        DataSet set = classifier.input().labels() == null
                ? divided
                : divided.withClasses(classifier.input().labels());
        int[] test = Arrays.stream(set.indices(Split.TEST))
                .filter(i -> set.samples().get(i).label() != without)
                .toArray();
        if (test.length == 0) {
            throw new HoneException(data + " has no test images to judge explanations on");
        }
        this.store = option.store(
                set.only(Selection.balanced(set, test, count, seed)),
                classifier.input().form());
    }

    int size() {
        return store.dataSet().samples().size();
    }

    DataSet set() {
        return store.dataSet();
    }

    Sample sample(int index) {
        return set().samples().get(index);
    }

    String label(int index) {
        return name(sample(index).label());
    }

    /** Of a class of the model, which without labels of its own may know more of them than the data set has. */
    String name(int of) {
        return of < set().classes().size() ? set().classes().get(of) : Integer.toString(of);
    }

    Image image(int index) {
        return store.image(index);
    }

    /** As the model takes it, [C,H,W]. */
    float[] values(int index) {
        return classifier.values(image(index));
    }

    Optional<Path> maskFile(int index) {
        return masks == null ? sample(index).mask() : sample(index).mask(masks);
    }

    /** [H,W] at the model's size, true on the defect; null where there is no mask or nothing on it. */
    boolean[] mask(int index) {
        ImageStore.Form form = store.form();
        return maskFile(index)
                .map(file -> ImageFiles.read(file, 1, form.height(), form.width(), form.mode()))
                .map(image -> {
                    // A defect finer than a pixel of the model's is what is left of it.
                    boolean fine =
                            IntStream.range(0, image.pixels().length).noneMatch(i -> (image.pixels()[i] & 0xff) > 127);
                    boolean[] mask = new boolean[image.pixels().length];
                    boolean any = false;
                    for (int i = 0; i < mask.length; i++) {
                        mask[i] = (image.pixels()[i] & 0xff) > (fine ? 0 : 127);
                        any |= mask[i];
                    }
                    return any ? mask : null;
                })
                .orElse(null);
    }
}
