package dev.hone.jobs.explain;

import dev.hone.core.option.Setting;
import dev.hone.explain.Method;
import java.nio.file.Path;
import java.util.List;

/** Explaining the test images of a data set: the quality of the explanations, or what they show together. */
public record DataSetExplanationOptions(
        @Setting(
                help = "Evaluate explanations of the test images of DATA: a table of metrics, with a random map and an "
                        + "edge detector as controls.",
                label = "DATA",
                group = "Data sets")
        Path evaluate,

        @Setting(
                help = "Explain the predictions for the test images of DATA together: mean maps by predicted class, "
                        + "prototypes, the least certain maps, and whether predictions rest on the defect's mask, the "
                        + "border, a corner or a given region.",
                label = "DATA",
                group = "Data sets")
        Path global,

        @Setting(
                help = "A region of the image to check too, in percent of it: LEFT,TOP,WIDTH,HEIGHT, such as "
                        + "80,90,20,10 for a watermark.",
                label = "REGION",
                group = "Data sets")
        String region,

        @Setting(
                help = "Folder of defect masks, a PNG named after each image.",
                label = "DIR",
                defText = "beside the images",
                group = "Data sets")
        Path masks,

        @Setting(
                help = "Number of test images, balanced over the classes.",
                label = "N",
                defText = "60",
                min = 1,
                group = "Data sets")
        Integer images,

        @Setting(
                help = "Methods to evaluate side by side.",
                label = "NAME,...",
                defText = "the attribution method",
                group = "Data sets")
        List<Method> methods) {
    private static final int IMAGES = 60;

    /** Whether a data set is explained instead of single images. */
    boolean isAsked() {
        return evaluate != null || global != null;
    }

    int count() {
        return images == null ? IMAGES : images;
    }

    /** The methods to evaluate, or the one that explains. */
    List<Method> methods(Method single) {
        return methods.isEmpty() ? List.of(single) : methods.stream().distinct().toList();
    }
}
