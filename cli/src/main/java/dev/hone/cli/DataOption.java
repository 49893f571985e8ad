package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import dev.hone.model.ImageInput;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Option;

/** Opens data sets for the commands that read them, and divides them alike for all. */
final class DataOption {
    /** Part of a data set without test images that is set aside for the test. */
    private static final double TEST = 0.2;

    /** Part of the training images that choose the best model. */
    private static final double VALIDATION = 0.15;

    @Option(
            names = "--group",
            paramLabel = "REGEX",
            description =
                    "Photographs that belong together and may not be divided between training and testing: what the "
                            + "first group of REGEX finds in the file's path, for example 'num_(\\d+)'.")
    String group;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Where decoded images are kept between runs (default: ~/.cache/hone).")
    Path cache;

    dev.hone.jobs.DataOptions options() {
        return new dev.hone.jobs.DataOptions(group, cache);
    }

    /** Lists a data set and says what was noticed. */
    DataSet open(Path data) {
        DataSet set = DataSet.open(data);
        set.notices().forEach(notice -> System.err.println("note: " + notice));
        if (group == null) {
            return set;
        }
        try {
            Pattern pattern = Pattern.compile(group);
            if (set.samples().stream().allMatch(sample -> group(pattern, sample).isEmpty())) {
                throw new HoneException("--group " + group + " is found in no file's path, such as "
                        + set.samples().get(0).name());
            }
            return set.withGroups(sample -> group(pattern, sample));
        } catch (PatternSyntaxException e) {
            throw new HoneException("--group " + group + " is no regular expression: " + e.getDescription());
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
    static DataSet divided(DataSet set, long seed) {
        DataSet divided = set;
        if (set.indices(Split.TEST).length == 0) {
            divided = divided.withHoldOut(Split.TEST, TEST, seed);
        }
        if (set.indices(Split.VALIDATION).length == 0) {
            divided = divided.withHoldOut(Split.VALIDATION, VALIDATION, seed);
        }
        return divided;
    }

    /** A data set divided as it was when a model was trained, with a warning where that cannot be told. */
    DataSet dividedFor(Path data, ImageInput model) {
        if (group == null && model.card() != null) {
            group = model.card().group();
        }
        DataSet set = open(data);
        boolean heldOut = set.indices(Split.TEST).length == 0;
        if (heldOut
                && model.card() != null
                && !set.revision().id().equals(model.card().data())) {
            DataSet same = divided(set, model.seed());
            if (!same.revision().id().equals(model.card().data())) {
                System.err.println(
                        "note: " + data + " is not what the model was trained on; images chosen for the test "
                                + "may have been seen in training");
            }
        }
        return divided(set, model.seed());
    }

    /** @throws HoneException if the word names no split */
    static Split split(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "train" -> Split.TRAIN;
            case "val", "validation" -> Split.VALIDATION;
            case "test" -> Split.TEST;
            default -> throw new HoneException("--split " + word + ": expected train, validation, test or all");
        };
    }

    /** Decodes a data set once, with a bar, and reports what is corrupt. */
    ImageStore store(DataSet set, ImageStore.Form form) {
        Path folder = cache != null ? cache : Path.of(System.getProperty("user.home"), ".cache", "hone");
        ImageStore store;
        try (ConsoleProgressBar progress =
                new ConsoleProgressBar("decoding", set.samples().size())) {
            store = ImageStore.open(set, form, folder, progress::to);
        }
        store.notices().forEach(notice -> System.err.println("note: " + notice));
        return store;
    }
}
