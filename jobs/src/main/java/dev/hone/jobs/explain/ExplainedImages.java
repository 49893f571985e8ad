package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.Selection;
import dev.hone.data.Split;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.DataSets;
import dev.hone.model.Classifier;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageException;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Test images of a data set, balanced over the classes, with the masks of their defects. */
public final class ExplainedImages {
    private final Classifier classifier;
    private final ImageStore store;
    private final Path masks;
    private final Progress progress;

    /**
     * @param count how many, at most
     * @param masks a folder of masks, or null for those beside the images
     * @param without index of a class whose images are left out, -1 for none
     */
    public ExplainedImages(
            Classifier classifier,
            Path data,
            int count,
            long seed,
            Path masks,
            int without,
            DataOptions options,
            Progress progress) {
        this.classifier = classifier;
        this.masks = masks;
        this.progress = progress;
        if (masks != null && !Files.isDirectory(masks)) {
            throw new OptionException(
                    "masks", "no folder " + masks + "; expected one with a PNG named after each image");
        }
        DataSet divided = DataSets.dividedFor(data, options, classifier.input(), progress);
        DataSet set = DataSets.labelled(divided, classifier.input(), progress);
        int[] test = Arrays.stream(set.indices(Split.TEST))
                .filter(i -> set.samples().get(i).label() != without)
                .toArray();
        if (test.length == 0) {
            throw new HoneException(data + " has no test images to explain");
        }
        this.store = DataSets.store(
                set.only(Selection.balanced(set, test, count, seed)),
                classifier.input().form(),
                options,
                progress);
    }

    public int size() {
        return store.dataSet().samples().size();
    }

    DataSet set() {
        return store.dataSet();
    }

    public Sample sample(int index) {
        return set().samples().get(index);
    }

    public String label(int index) {
        return name(sample(index).label());
    }

    /** Of a class of the model, which without labels of its own may know more of them than the data set has. */
    public String name(int of) {
        return of < set().classes().size() ? set().classes().get(of) : Integer.toString(of);
    }

    public Image image(int index) {
        return store.image(index);
    }

    /** As the model takes it, [C,H,W]. */
    public float[] values(int index) {
        return classifier.values(image(index));
    }

    public Optional<Path> maskFile(int index) {
        return masks == null ? sample(index).mask() : sample(index).mask(masks);
    }

    /** [H,W] at the model's size, true on the defect; null where there is no mask or nothing on it. */
    public boolean[] mask(int index) {
        ImageStore.Form form = store.form();
        return maskFile(index)
                .flatMap(file -> decoded(file, form))
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

    /** Nothing, and a warning, if it is damaged: the image is explained all the same. */
    private Optional<Image> decoded(Path mask, ImageStore.Form form) {
        try {
            return Optional.of(ImageFiles.read(mask, 1, form.height(), form.width(), form.mode()));
        } catch (ImageException e) {
            progress.warning(e.getMessage() + "; this mask is left out");
            return Optional.empty();
        }
    }
}
