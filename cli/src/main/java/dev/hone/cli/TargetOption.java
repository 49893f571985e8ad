package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.model.ImageInput;
import java.util.List;
import picocli.CommandLine.Option;

/** What is explained: the score of a class, or by how much it exceeds that of another. */
final class TargetOption {
    @Option(
            names = "--class",
            split = ",",
            paramLabel = "NAME",
            description =
                    "The class to explain (default: the verdict); of rows, and where the model has no labels, its "
                            + "number from 0. Several, as in --class crack,dent, in one pass, each with a map of its own.")
    private List<String> classes = List.of();

    @Option(
            names = "--rather-than",
            paramLabel = "NAME",
            description =
                    "Explain why the class rather than this one, such as the class of good parts: by how much its "
                            + "score exceeds that one's. What speaks for both alike is left out.")
    private String contrast;

    /** Whether classes are named. */
    boolean given() {
        return !classes.isEmpty();
    }

    /** Indices of the classes to explain, -1 for that of the verdict. */
    List<Integer> of(ImageInput input) {
        return classes.isEmpty()
                ? List.of(-1)
                : classes.stream().map(input::index).toList();
    }

    /**
     * Index of the class that scores are compared with, -1 for none.
     *
     * @throws HoneException if that is a class to explain, or one of them is unknown
     */
    int contrast(ImageInput input) {
        List<Integer> explained = of(input);
        int than = contrast == null ? -1 : input.index(contrast);
        if (than >= 0 && explained.contains(than)) {
            throw itself();
        }
        return than;
    }

    private HoneException itself() {
        return new HoneException("--rather-than " + contrast
                + ": the class to explain is compared with itself; name another one by --class or --rather-than");
    }

    /** Index of the class of rows to explain, which are named by index; -1 for that of each row's verdict. */
    int ofRows() {
        if (classes.size() > 1) {
            throw new HoneException("--class " + String.join(",", classes)
                    + ": rows are explained one class at a time; give one, or none for that of each row's verdict");
        }
        return classes.isEmpty() ? -1 : index("--class", classes.get(0));
    }

    /**
     * Index of the class that scores of rows are compared with, -1 for none.
     *
     * @throws HoneException if that is the class to explain, or there is none to explain
     */
    int contrastOfRows() {
        int than = contrast == null ? -1 : index("--rather-than", contrast);
        if (than >= 0 && classes.isEmpty()) {
            throw new HoneException(
                    "--rather-than " + contrast + ": for rows, name the class to explain by --class too");
        }
        if (than >= 0 && than == ofRows()) {
            throw itself();
        }
        return than;
    }

    private static int index(String option, String given) {
        if (!given.matches("\\d{1,9}")) {
            throw new HoneException(option + " " + given + ": for rows, give the index of the class, from 0");
        }
        return Integer.parseInt(given);
    }
}
