package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Setting;
import dev.hone.core.text.NearestName;
import dev.hone.model.ImageInput;
import java.util.List;

/** What is explained: the logit of a class, or its margin over the logit of another class. */
public record TargetOptions(
        @Setting(
                help =
                        "Classes to explain, each with its own map, by label or index from 0; of rows one class by index.",
                label = "NAME,...",
                defText = "the predicted class",
                group = "Explanation")
        List<String> classes,

        @Setting(
                help =
                        "Contrast class: explain by how much the logit of the class exceeds that of this one, for example "
                                + "the class of good parts.",
                label = "NAME",
                defText = "none",
                group = "Explanation")
        String contrast) {
    /** Indices of the classes to explain, -1 for the predicted one. */
    List<Integer> of(ImageInput input) {
        return classes.isEmpty()
                ? List.of(-1)
                : classes.stream().map(name -> index("classes", name, input)).toList();
    }

    /**
     * Index of the contrast class, -1 for none.
     *
     * @throws OptionException if that is a class to explain, or one of them is unknown
     */
    int contrast(ImageInput input) {
        List<Integer> explained = of(input);
        int index = contrast == null ? -1 : index("contrast", contrast, input);
        if (index >= 0 && explained.contains(index)) {
            throw itself();
        }
        return index;
    }

    private static int index(String option, String name, ImageInput input) {
        try {
            return input.index(name);
        } catch (HoneException e) {
            throw new OptionException(option, e.getMessage());
        }
    }

    private OptionException itself() {
        return new OptionException(
                "contrast", contrast + " is the class to explain; explain another class or choose another contrast");
    }

    /**
     * Index of the class of rows to explain, -1 for the predicted one of each row.
     *
     * @param labels of the model's classes; empty where it does not state them
     */
    int ofRows(List<String> labels) {
        if (classes.size() > 1) {
            throw new OptionException(
                    "classes",
                    String.join(",", classes)
                            + ": rows are explained one class at a time; give one, or none for the predicted one");
        }
        return classes.isEmpty() ? -1 : indexOfRows("classes", classes.get(0), labels);
    }

    /**
     * Index of the contrast class of rows, -1 for none.
     *
     * @param labels of the model's classes; empty where it does not state them
     * @throws OptionException if that is the class to explain, or there is none to explain
     */
    int contrastOfRows(List<String> labels) {
        int index = contrast == null ? -1 : indexOfRows("contrast", contrast, labels);
        if (index >= 0 && classes.isEmpty()) {
            throw new OptionException("contrast", contrast + ": rows need a class to explain too");
        }
        if (index >= 0 && index == ofRows(labels)) {
            throw itself();
        }
        return index;
    }

    private static int indexOfRows(String option, String given, List<String> labels) {
        if (labels.contains(given)) {
            return labels.indexOf(given);
        }
        if (!labels.isEmpty()) {
            throw new OptionException(
                    option, given + ": the classes of the model are " + labels + NearestName.hint(given, labels));
        }
        if (!given.matches("\\d{1,9}")) {
            throw new OptionException(option, given + ": for rows, give the index of the class, from 0");
        }
        return Integer.parseInt(given);
    }
}
