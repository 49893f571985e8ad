package dev.hone.data;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Labelled images, listed but not decoded. Immutable; what was noticed while listing (files left out, files
 * ignored) stands in {@link #notices()}, one line each, for the user to see.
 */
public final class DataSet {
    /** The file in a folder that lists its samples. */
    private static final String SPLIT_CSV = "split.csv";

    private final Path root;
    private final Path source;
    private final List<String> classes;
    private final List<Sample> samples;
    private final List<String> notices;
    private Revision revision;

    /** @param source the folder or the CSV that lists it */
    DataSet(Path root, Path source, List<String> classes, List<Sample> samples, List<String> notices) {
        this.root = root;
        this.source = source;
        this.classes = List.copyOf(classes);
        this.samples = List.copyOf(samples);
        this.notices = List.copyOf(notices);
    }

    /**
     * Lists a data set.
     *
     * @param data a folder with a folder per class (optionally under {@code train/}, {@code val/}, {@code test/}; deeper
     *     folders below a class are searched), a folder with a {@code split.csv}, or a CSV file with the columns
     *     {@code path,label} and optionally {@code split} and {@code group}
     * @throws HoneException if there is no image in it, or the CSV lacks a column, contradicts itself, or names no file
     *     that exists
     */
    public static DataSet open(Path data) {
        return open(data, CsvReader.GROUP);
    }

    /**
     * The same with groups from a column of another name; see {@link #columns}.
     *
     * @param groupColumn the column of the CSV whose equal cells are a group; an empty cell is no group. Ignored for a
     *     folder without a CSV, and where the CSV has no such column
     */
    public static DataSet open(Path data, String groupColumn) {
        if (Files.isDirectory(data)) {
            Path csv = data.resolve(SPLIT_CSV);
            if (Files.isRegularFile(csv)) {
                DataSet set = new CsvReader(csv, groupColumn).read();
                return set.noting(List.of(data + ": read by its " + SPLIT_CSV));
            }
            return new FolderReader(data).read();
        }
        if (!Files.exists(data)) {
            throw new HoneException(data + ": " + FileErrors.MISSING);
        }
        if (!data.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".csv")) {
            throw new HoneException(data + ": " + kind(data) + ", expected a folder of images or a .csv file");
        }
        return new CsvReader(data, groupColumn).read();
    }

    /** The header of the CSV that lists a data set's samples; empty where no CSV does. */
    public static List<String> columns(Path data) {
        Path csv = Files.isDirectory(data) ? data.resolve(SPLIT_CSV) : data;
        return Files.isRegularFile(csv)
                        && csv.toString().toLowerCase(Locale.ROOT).endsWith(".csv")
                ? CsvReader.header(csv)
                : List.of();
    }

    /**
     * The images of a folder that is no labelled data set, for uses that need no labels: all of them at any depth, in one
     * class without a name. Such a folder has images in it besides its folders, which are no splits and not classes.
     *
     * @param known names that a folder of a class may have, or null if two folders with images are classes whatever they
     *     are called
     * @return nothing if it is a labelled data set, or no folder
     */
    public static Optional<DataSet> unlabelled(Path data, List<String> known) {
        if (!Files.isDirectory(data) || Files.isRegularFile(data.resolve(SPLIT_CSV))) {
            return Optional.empty();
        }
        FolderReader reader = new FolderReader(data);
        return reader.isLabelled(known) ? Optional.empty() : Optional.of(reader.unlabelled());
    }

    private static String kind(Path data) {
        String name = data.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".onnx") || name.endsWith(".tflite")) {
            return "a model";
        }
        return name.endsWith(".parquet") ? "a Parquet file" : "a file of another kind";
    }

    /**
     * Samples of a program's own, with inputs and targets of any kind. What counts or balances classes is for targets that
     * are classes.
     *
     * @param name what messages call it
     * @param classes what the samples' labels are indices into; empty where targets are no classes
     * @param samples with names that are unique
     */
    public static DataSet of(String name, List<String> classes, List<Sample> samples) {
        Set<String> names = new HashSet<>();
        for (Sample sample : samples) {
            if (!names.add(sample.name())) {
                throw new HoneException(
                        name + ": two samples are called '" + sample.name() + "'; give each its own name");
            }
            if (sample.target() instanceof Target.OfClass && (sample.label() < 0 || sample.label() >= classes.size())) {
                throw new HoneException(name + ": the label of sample '" + sample.name() + "' is " + sample.label()
                        + ", expected an index of the " + classes.size() + " classes");
            }
        }
        return new DataSet(Path.of(name), Path.of(name), classes, samples, List.of());
    }

    /** The folder or the CSV that lists it: what messages name. */
    public Path source() {
        return source;
    }

    /** The folder that sample names start from. */
    public Path root() {
        return root;
    }

    /** Class names, sorted by {@link ClassNames#sorted}; a sample's label is an index into them. */
    public List<String> classes() {
        return classes;
    }

    /** All samples, in the order of their CSV rows, or by class and name. */
    public List<Sample> samples() {
        return samples;
    }

    /** What the user should know, one line each: files left out, ignored or taken for something else. */
    public List<String> notices() {
        return notices;
    }

    /** Indices into {@link #samples()} of one split. */
    public int[] indices(Split split) {
        return IntStream.range(0, samples.size())
                .filter(i -> samples.get(i).split() == split)
                .toArray();
    }

    /** How many samples of a split each class has. */
    public int[] counts(Split split) {
        int[] counts = new int[classes.size()];
        for (int i : indices(split)) {
            counts[samples.get(i).label()]++;
        }
        return counts;
    }

    /** Content hashes of the files; read on the first call, on all processors. */
    public synchronized Revision revision() {
        if (revision == null) {
            revision = Revision.of(this);
        }
        return revision;
    }

    /**
     * The same samples labelled by another list of classes, a model's say. How accents are stored makes no difference
     * where only one class can be meant.
     *
     * @throws HoneException if a class of this data set is not among them
     */
    public DataSet withClasses(List<String> wanted) {
        int[] labels = classes.stream()
                .mapToInt(name -> ClassNames.indexOf(name, wanted))
                .toArray();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0) {
                throw new HoneException(root + ": class '" + classes.get(i) + "' is not among " + wanted
                        + "; rename it or leave it out");
            }
        }
        List<Sample> relabelled =
                samples.stream().map(s -> s.withLabel(labels[s.label()])).toList();
        return new DataSet(root, source, wanted, relabelled, notices);
    }

    /** The same samples with groups by a rule, for example the part number in a file's name; "" for no group. */
    public DataSet withGroups(Function<Sample, String> group) {
        return withSamples(
                samples.stream().map(s -> s.withGroup(group.apply(s))).toList());
    }

    /**
     * The same samples with groups that were found besides those that are declared: two samples of one number are put into
     * one group, and declared groups that thereby share a sample become one.
     *
     * @param found for each sample the number of its group, from 0
     */
    public DataSet withFoundGroups(int[] found) {
        return SampleGroups.withFound(this, found);
    }

    /**
     * Groups of samples that no division may part: those that share a declared or found group, or the content of their
     * files, directly or through others of the given samples.
     *
     * @param among indices into {@link #samples()}
     * @return for each of them the number of its group: 0, 1, ... in the order of their first samples
     */
    public int[] groups(int[] among) {
        return SampleGroups.of(this, among);
    }

    /**
     * Moves a part of the training samples ({@link Split#TRAIN} and {@link Split#NONE}) to another split: stratified by
     * class, the same for the same seed whatever the order of the files, with groups and files of equal content kept
     * together. A class keeps at least one training sample, and gives at least one if it has two that may be parted.
     *
     * @param to {@link Split#VALIDATION}, or {@link Split#TEST} to set samples aside for the end
     * @param fraction of each class, between 0 and 1
     */
    public DataSet withHoldOut(Split to, double fraction, long seed) {
        return HoldOut.apply(this, to, fraction, seed);
    }

    /**
     * Whether a classifier can be learned from it.
     *
     * @throws HoneException if there are no training samples or fewer than two classes among them
     */
    public void requireTrainable() {
        int[] counts = trainingCounts();
        if (IntStream.of(counts).sum() == 0) {
            throw new HoneException(root + ": no training images, every sample is marked val or test");
        }
        if (IntStream.of(counts).filter(n -> n > 0).count() < 2) {
            int only = IntStream.range(0, counts.length)
                    .filter(c -> counts[c] > 0)
                    .findFirst()
                    .orElseThrow();
            throw new HoneException(root + ": one class only among the training images, '" + classes.get(only) + "' ("
                    + counts[only] + "); a classifier needs two or more, such as good and defective");
        }
    }

    private int[] trainingCounts() {
        int[] counts = counts(Split.TRAIN);
        int[] free = counts(Split.NONE);
        for (int c = 0; c < counts.length; c++) {
            counts[c] += free[c];
        }
        return counts;
    }

    /** Lines about classes too small to learn or to check, once validation and test images are set aside. */
    public List<String> balanceNotices() {
        List<String> lines = new ArrayList<>();
        int[] training = trainingCounts();
        int[] validation = counts(Split.VALIDATION);
        int[] test = counts(Split.TEST);
        boolean validated = IntStream.of(validation).sum() > 0;
        for (int c = 0; c < training.length; c++) {
            String name = root + ": class '" + classes.get(c) + "' has ";
            if (training[c] == 0) {
                lines.add(name + "no training image and will never be predicted");
            } else if (training[c] == 1 && validation[c] + test[c] == 0) {
                lines.add(name + "one image only; it is used for training, and nothing will tell how well the class is "
                        + "recognized: add images or leave the class out");
            } else if (training[c] == 1) {
                lines.add(name + "one training image (" + validation[c] + " for validation, " + test[c]
                        + " for the test); add images or leave the class out");
            } else if (validated && validation[c] == 0) {
                lines.add(name + "no validation image, so that the choice of the best epoch does not see it");
            }
        }
        return lines;
    }

    /** A data set of some of the samples. */
    public DataSet only(int[] indices) {
        return withSamples(IntStream.of(indices).mapToObj(samples::get).toList());
    }

    public DataSet withSamples(List<Sample> kept) {
        return new DataSet(root, source, classes, kept, notices);
    }

    DataSet noting(List<String> more) {
        List<String> all = new ArrayList<>(notices);
        all.addAll(more);
        return new DataSet(root, source, classes, samples, all);
    }
}
