package dev.hone.jobs;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import dev.hone.model.ImageInput;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Opens data sets for the jobs that read them, and divides them alike for all. */
public final class DataSets {
    /** Share of data without test samples that is set aside for the test. */
    static final double TEST = 0.2;

    /** Share of the training samples that chooses the best model. */
    static final double VALIDATION = 0.15;

    private DataSets() {}

    /**
     * Lists a data set and warns of what was noticed.
     *
     * @throws OptionException if the expression for groups is none, or matches nothing
     */
    public static DataSet open(Path data, DataOptions options, Progress progress) {
        String group = options.group();
        DataSet set = DataSet.open(data);
        set.notices().forEach(progress::warning);
        if (group == null) {
            return set;
        }
        try {
            Pattern pattern = Pattern.compile(group);
            if (set.samples().stream().allMatch(sample -> group(pattern, sample).isEmpty())) {
                throw new OptionException(
                        "group",
                        group + " matches no image's path, such as "
                                + set.samples().get(0).name());
            }
            return set.withGroups(sample -> group(pattern, sample));
        } catch (PatternSyntaxException e) {
            throw new OptionException("group", group + " is not a regular expression: " + e.getDescription());
        }
    }

    private static String group(Pattern pattern, Sample sample) {
        Matcher matcher = pattern.matcher(sample.name());
        if (!matcher.find()) {
            return "";
        }
        return matcher.groupCount() == 0 ? matcher.group() : matcher.group(1);
    }

    /**
     * Sets test and validation images aside where the data set itself does not: the same ones for the same seed, so that
     * a later evaluation sees only images that training did not.
     */
    public static DataSet divided(DataSet set, long seed) {
        DataSet divided = set;
        if (set.indices(Split.TEST).length == 0) {
            divided = divided.withHoldOut(Split.TEST, TEST, seed);
        }
        if (set.indices(Split.VALIDATION).length == 0) {
            divided = divided.withHoldOut(Split.VALIDATION, VALIDATION, seed);
        }
        return divided;
    }

    /** A data set divided as it was when a model was trained, with a warning where that is unknown. */
    public static DataSet dividedFor(Path data, DataOptions options, ImageInput model, Progress progress) {
        String group =
                options.group() == null && model.card() != null ? model.card().group() : options.group();
        DataSet set = open(data, new DataOptions(group, options.cache()), progress);
        boolean heldOut = set.indices(Split.TEST).length == 0;
        if (heldOut
                && model.card() != null
                && !set.revision().id().equals(model.card().data())) {
            DataSet same = divided(set, model.seed());
            if (!same.revision().id().equals(model.card().data())) {
                progress.warning(
                        data + " is not the data that the model was trained on; test images may have been seen in "
                                + "training");
            }
        }
        return divided(set, model.seed());
    }

    /** Decodes a data set once and warns of what is corrupt. */
    public static ImageStore store(DataSet set, ImageStore.Form form, DataOptions options, Progress progress) {
        progress.started("decoding", set.samples().size());
        ImageStore store = ImageStore.open(set, form, cache(options, progress), done -> {
            progress.advanced(done);
            progress.checkCancelled();
        });
        progress.finished();
        store.notices().forEach(progress::warning);
        return store;
    }

    /** Where decoded images are kept; null if there is no such place, which only costs time. */
    private static Path cache(DataOptions options, Progress progress) {
        try {
            return options.folder();
        } catch (HoneException e) {
            progress.warning(e.getMessage() + "; images are decoded again in every epoch, which is slower");
            return null;
        }
    }
}
