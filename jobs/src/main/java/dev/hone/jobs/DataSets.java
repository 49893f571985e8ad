package dev.hone.jobs;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.limit.BoundedPattern;
import dev.hone.core.limit.LimitException;
import dev.hone.core.option.OptionException;
import dev.hone.core.text.Names;
import dev.hone.core.text.NearestName;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import dev.hone.jobs.DataOptions.Duplicates;
import dev.hone.model.Classifier;
import dev.hone.model.ImageInput;
import dev.hone.vision.duplicates.LikeImages;
import dev.hone.vision.duplicates.NearDuplicates;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Opens data sets for the jobs that read them, and divides them alike for all. */
public final class DataSets {
    /** Share of data without test samples that is set aside for the test. */
    static final double TEST = 0.2;

    /** Share of the training samples that chooses the best model. */
    static final double VALIDATION = 0.15;

    /** So many classes are named in a note. */
    private static final int NAMED = 10;

    private DataSets() {}

    /**
     * Lists a data set and warns of what was noticed.
     *
     * @throws OptionException if what groups images is neither a column of the data set's CSV nor an expression that matches
     *     a path
     */
    public static DataSet open(Path data, DataOptions options, Progress progress) {
        return open(data, options.group(), progress);
    }

    private static DataSet open(Path data, String group, Progress progress) {
        List<String> columns = group == null ? List.of() : DataSet.columns(data);
        boolean column = group != null && columns.contains(group);
        DataSet set = column ? DataSet.open(data, group) : DataSet.open(data);
        set.notices().forEach(progress::warning);
        if (group == null || column) {
            return set;
        }
        try {
            return grouped(set, group, columns);
        } catch (LimitException e) {
            throw new OptionException("group", e.getMessage());
        }
    }

    /** @throws LimitException if the expression is none, takes too long, or matches nothing */
    private static DataSet grouped(DataSet set, String expression, List<String> columns) {
        BoundedPattern pattern = BoundedPattern.of(expression);
        Map<Sample, String> groups = new IdentityHashMap<>();
        set.samples()
                .forEach(
                        sample -> groups.put(sample, pattern.find(sample.name()).orElse("")));
        if (groups.values().stream().allMatch(String::isEmpty)) {
            throw new LimitException(expression
                    + (columns.isEmpty() ? "" : " is no column of the CSV (" + Names.some(columns) + ") and")
                    + " matches no image's path, such as "
                    + set.samples().get(0).name()
                    + NearestName.hint(expression, columns));
        }
        if (groups.size() > 1 && Set.copyOf(groups.values()).size() == 1) {
            throw new LimitException(expression + " finds the same in every image's path, such as "
                    + set.samples().get(0).name() + "; a group is what differs between parts");
        }
        return set.withGroups(groups::get);
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

    /**
     * The same with near duplicates looked for: kept in one split, or warned of where they are in two, as the options say.
     */
    public static DataSet divided(DataSet set, DataOptions options, long seed, Progress progress) {
        if (options.duplicates() == Duplicates.IGNORE) {
            return divided(set, seed);
        }
        LikeImages like = nearDuplicates(set, options, progress);
        boolean together = options.duplicates() == Duplicates.KEEP_TOGETHER;
        DataSet divided = divided(together ? set.withFoundGroups(like.groups()) : set, seed);
        NearDuplicateCheck check = new NearDuplicateCheck(like, divided);
        if (together && isDivided(set)) {
            check.keptTogether().ifPresent(progress::info);
        }
        check.warn(progress);
        if (options.duplicatePairs() != null) {
            check.write(options.duplicatePairs());
        }
        return divided;
    }

    /** Whether test or validation images are set aside of it by Hone. */
    private static boolean isDivided(DataSet set) {
        return set.indices(Split.TEST).length == 0 || set.indices(Split.VALIDATION).length == 0;
    }

    private static LikeImages nearDuplicates(DataSet set, DataOptions options, Progress progress) {
        return NearDuplicates.find(set, cache(options, progress.silent()), progress);
    }

    /**
     * What a reader should know of test images that are like training images; nothing where none is, or where it is not
     * asked for.
     *
     * @param set divided
     */
    public static Optional<String> leak(DataSet set, Split split, DataOptions options, Progress progress) {
        boolean two = set.indices(split).length > 0 && set.indices(Split.TRAIN).length > 0;
        if (options.duplicates() == Duplicates.IGNORE || !two || split == Split.TRAIN) {
            return Optional.empty();
        }
        return new NearDuplicateCheck(nearDuplicates(set, options, progress), set).leak(split);
    }

    /** A data set divided as it was when a model was trained, with a warning where that is unknown. */
    public static DataSet dividedFor(Path data, DataOptions options, ImageInput model, Progress progress) {
        String recorded = model.card() == null ? null : model.card().group();
        DataSet set = options.group() != null || recorded == null
                ? open(data, options, progress)
                : openLikeTraining(data, recorded, progress);
        boolean heldOut = set.indices(Split.TEST).length == 0;
        boolean together = model.card() != null
                && NearDuplicates.REVISION.equals(model.card().duplicates());
        if (together && isDivided(set)) {
            set = set.withFoundGroups(nearDuplicates(set, options, progress).groups());
        }
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
        DataSet divided = divided(set, model.seed());
        if (options.duplicatePairs() != null) {
            new NearDuplicateCheck(nearDuplicates(divided, options, progress), divided).write(options.duplicatePairs());
        }
        return divided;
    }

    /** Other data than those of the training need not have its groups; what is divided is then warned of as such. */
    private static DataSet openLikeTraining(Path data, String group, Progress progress) {
        try {
            return open(data, group, progress);
        } catch (OptionException e) {
            return DataSet.open(data);
        }
    }

    /**
     * The same samples for an evaluation, which needs as many classes as the model has, with the model's indices of them.
     *
     * @throws HoneException if a class of the data set is not one of the model's, or their numbers differ
     */
    public static DataSet evaluated(DataSet set, Classifier model, Progress progress) {
        if (model.input().labels() == null) {
            model.requireClasses(set);
        }
        return labelled(set, model.input(), progress);
    }

    /**
     * The same samples with the model's indices of classes. A model that names no classes knows them by number only: the
     * data set's are then taken in their order, with a note unless they are numbers that agree.
     *
     * @throws HoneException if a class of the data set is not one of the model's
     */
    public static DataSet labelled(DataSet set, ImageInput model, Progress progress) {
        if (model.labels() != null) {
            return set.withClasses(model.labels());
        }
        List<String> classes = set.classes();
        boolean agree =
                IntStream.range(0, classes.size()).allMatch(i -> classes.get(i).matches("0*" + i));
        if (!agree) {
            progress.warning("the model does not name its classes; those of " + set.source()
                    + " are taken in this order: "
                    + IntStream.range(0, Math.min(classes.size(), NAMED))
                            .mapToObj(i -> i + " = " + classes.get(i))
                            .collect(Collectors.joining(", "))
                    + (classes.size() > NAMED ? ", ..." : ""));
        }
        return set;
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
