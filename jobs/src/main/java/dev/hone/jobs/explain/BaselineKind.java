package dev.hone.jobs.explain;

import dev.hone.explain.Method;
import java.util.List;

/** What images are compared with when a prediction is explained. */
public enum BaselineKind {
    /** Random training images, balanced over the classes. */
    SAMPLE,
    /** The mean training image of each class. */
    CLASSES,
    /** Training images chosen by k-medoids. */
    MEDOIDS,
    /** The image itself, blurred. */
    BLURRED,
    /** A black image. */
    BLACK;

    /** Whether they are taken from training images. */
    public boolean needsData() {
        return this != BLURRED && this != BLACK;
    }

    /**
     * The baselines where none are asked for and there are no training images: blurred ones, as a black part may look like a
     * defect; black for gradient methods that compare with a single image, as their papers do.
     */
    public static BaselineKind withoutData(List<Method> methods) {
        return methods.stream().anyMatch(m -> m.needs() == Method.Needs.OUTPUTS || m.compares() == Method.Compares.ALL)
                ? BLURRED
                : BLACK;
    }
}
